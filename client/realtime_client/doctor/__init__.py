"""The doctor: goes the way from a key to a beep and back, step by step, and says where and why it stops.

It connects with the SDK itself and adds nothing to it: it watches the phases (``timing.watched``), listens to
the HTTP session that it lends to the client (``tap``), and reads the exceptions. What it knows about causes
stands as data in ``findings``.

May live here: the public names.
"""

from realtime_client.doctor.checkup import examine
from realtime_client.doctor.command import add_doctor_command
from realtime_client.doctor.report import Report, Step, Target

__all__ = ["Report", "Step", "Target", "add_doctor_command", "examine"]
