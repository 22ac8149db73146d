#!/usr/bin/env python3
"""Opens an app's page in headless Chromium, presses its button, and answers the portal's connect page.

usage: drive.py APP_URL < CASES

CASES is a JSON list of {"token", "portal", "mobile", "press"}: `press` is the value of the button on the connect page, or null
where that page closes itself. Prints a JSON list of what the app's page was told, and where its window was in the end.
"""

import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.parse

DRIVER = pathlib.Path(__file__).parents[2] / "scripts" / "press-authorize"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
PATIENCE = 20


def driver():
    loader = importlib.machinery.SourceFileLoader("press_authorize", str(DRIVER))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Tab:
    """One page of the browser."""

    def __init__(self, browser, target):
        self.browser, self.target = browser, target
        browser.session = None
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method, **parameters):
        self.browser.session = self.session
        result = self.browser.call(method, **parameters)
        self.browser.session = None
        return result

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True)
        return answer["result"].get("value")

    def until(self, expression):
        """Waits until an expression is true; a page that is just replaced has no value."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = self.value(expression)
            if value:
                return value
            time.sleep(0.02)
        sys.exit(f"drive.py: never true: {expression}\n{self.value('document.body.innerText')}")


def pages(browser):
    browser.session = None
    targets = browser.call("Target.getTargets")["targetInfos"]
    return [target["targetId"] for target in targets if target["type"] == "page"]


def popup(browser, known):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        new = [target for target in pages(browser) if target not in known]
        if new:
            return Tab(browser, new[0])
        time.sleep(0.02)
    sys.exit("drive.py: no window was opened")


def run(browser, app, case):
    browser.session = None
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    tab = Tab(browser, target)
    if case["mobile"]:
        tab.call("Emulation.setUserAgentOverride", userAgent=PHONE)
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        tab.call("Emulation.setDeviceMetricsOverride", **size)
    query = urllib.parse.urlencode({"token": case["token"], "portal": case["portal"]})
    tab.call("Page.navigate", url=f"{app}/?{query}")
    tab.until("window.ready")
    known = pages(browser)
    tab.value("document.querySelector('button').click()")
    asked = tab if case["mobile"] else popup(browser, known)
    if case["press"]:
        button = f"document.querySelector('button[value={case['press']}]')"
        asked.until(f"!!{button}")
        asked.value(f"{button}.click()")
    told = tab.until("window.ready && (window.told || window.logged) && [window.told, window.logged]")
    address = tab.value("location.href")
    browser.session = None
    browser.call("Target.closeTarget", targetId=target)
    return {"told": told[0], "logged": told[1], "address": address}


def main():
    profile = tempfile.mkdtemp(prefix="alter-widget-")
    browser = driver().Browser(profile)
    try:
        cases = json.load(sys.stdin)
        print(json.dumps([run(browser, sys.argv[1], case) for case in cases]))
    finally:
        browser.process.kill()
        browser.process.wait()
        shutil.rmtree(profile, ignore_errors=True)


if __name__ == "__main__":
    main()
