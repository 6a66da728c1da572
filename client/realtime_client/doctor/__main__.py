"""``python -m realtime_client.doctor``: the same as ``realtime-client doctor``."""

import sys

from realtime_client.doctor.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
