"""A call from a page in a browser that nobody drives: browser.py chromium|firefox URL WAV [--tcp]

The page is served on loopback, so that it is a secure context, and reports what happened by itself. ``--tcp`` denies
Chromium UDP. Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

PAGE = Path(__file__).with_name("page.html")
CHROMIUM = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # for machines without another interface
]
TCP_ALONE = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
FIREFOX_PREFERENCES = {
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.cubeb.force_mock_context": True,  # a machine without a sound card has no AudioContext else
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "firefox": ("firefox-esr", "firefox"),
}


def command(browser: str, profile: Path, url: str, *, tcp: bool) -> list[str]:
    """How the browser is started; its profile is written."""
    program = next(path for name in NAMES[browser] if (path := shutil.which(name)))
    if browser == "chromium":
        return [program, *CHROMIUM, *([TCP_ALONE] if tcp else []), f"--user-data-dir={profile}", url]
    lines = [f"user_pref({name!r}, {str(value).lower()});" for name, value in FIREFOX_PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines).replace("'", '"'))
    return [program, "--headless", "--no-remote", "--profile", str(profile), url]


async def main(browser: str, url: str, wav: str, *flags: str) -> None:
    report: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def reported(request: web.Request) -> web.Response:
        report.set_result(await request.text())
        return web.Response()

    async def file(request: web.Request) -> web.FileResponse:
        return web.FileResponse(wav if request.path == "/said.wav" else PAGE)

    app = web.Application()
    app.add_routes([web.get("/", file), web.get("/said.wav", file), web.post("/report", reported)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here = f"http://127.0.0.1:{runner.addresses[0][1]}/?{urlencode({'url': url})}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = command(browser, Path(profile), here, tcp="--tcp" in flags)
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*arguments, stdout=quiet, stderr=quiet)
        try:
            async with asyncio.timeout(60):
                print(await report)
        finally:
            process.terminate()
            await process.wait()
            await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
