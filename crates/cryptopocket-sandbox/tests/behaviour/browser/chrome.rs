//! A driver for Chromium over its debugging pipe: JSON messages that end with a zero byte.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How often, and after what pause, a condition is checked.
const LOOKS: usize = 1_200;
const PAUSE: Duration = Duration::from_millis(25);
/// The browser has crashed if it does not answer for so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser process; it ends on drop.
pub(super) struct Chrome {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    /// Never receives anything: its timeout is a sleep.
    quiet: (Sender<()>, Receiver<()>),
    sent: u64,
    session: Option<String>,
    _profile: TempDir,
}

fn found() -> Option<PathBuf> {
    let chosen = std::env::var_os("CRYPTOPOCKET_BROWSER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let installed = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    chosen.into_iter().chain(installed).find(|path| path.is_file())
}

impl Chrome {
    /// A browser with one empty page; `None` if this machine has none and none is required.
    pub(super) fn start() -> Option<Self> {
        let Some(program) = found() else {
            assert!(
                std::env::var_os("CRYPTOPOCKET_REQUIRE_BROWSER").is_none_or(|value| value != "1"),
                "no browser found: install chromium, or name one in CRYPTOPOCKET_BROWSER"
            );
            // Not `eprintln!`, whose output a passing test hides.
            let said = "SKIPPED: a browser test, for no Chromium was found (CRYPTOPOCKET_REQUIRE_BROWSER=1 insists on one)\n";
            drop(std::io::stderr().write_all(said.as_bytes()));
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut data = std::ffi::OsString::from("--user-data-dir=");
        data.push(profile.path());
        // Chromium reads from descriptor 3 and writes to 4, which only a shell can set without unsafe code.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#])
            .arg(program)
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-default-apps",
                "--hide-scrollbars",
                // The target of a click must not move by smooth scrolling.
                "--force-prefers-reduced-motion",
            ])
            .args([data.as_os_str(), OsStr::new("about:blank")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            loop {
                let mut bytes = Vec::new();
                let whole = from.read_until(0, &mut bytes).is_ok() && bytes.pop() == Some(0);
                let Some(message) = whole.then(|| serde_json::from_slice(&bytes).ok()).flatten() else {
                    return;
                };
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        let mut chrome = Self {
            child,
            to,
            from: told,
            quiet: channel(),
            sent: 0,
            session: None,
            _profile: profile,
        };
        let target = chrome.call("Target.createTarget", &json!({"url": "about:blank"}))["targetId"].clone();
        let attached = chrome.call(
            "Target.attachToTarget",
            &json!({"targetId": target, "flatten": true}),
        );
        chrome.session = attached["sessionId"].as_str().map(str::to_owned);
        chrome.call("Page.enable", &json!({}));
        chrome.call("Runtime.enable", &json!({}));
        chrome.size(1280, 900);
        Some(chrome)
    }

    /// Calls a method of the protocol and returns its result.
    pub(super) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        match self.attempt(method, parameters) {
            Ok(result) => result,
            Err(error) => panic!("{method}: {error}"),
        }
    }

    fn attempt(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        self.to.flush().unwrap();
        loop {
            let Ok(mut answer) = self.from.recv_timeout(PATIENCE) else {
                panic!("the browser does not answer {method}");
            };
            if answer["id"] == json!(self.sent) {
                return match answer["error"].take() {
                    Value::Null => Ok(answer["result"].take()),
                    error => Err(error.to_string()),
                };
            }
        }
    }

    /// Evaluates an expression in the page.
    fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let parameters = json!({"expression": expression, "returnByValue": true});
        let mut result = self.attempt("Runtime.evaluate", &parameters)?;
        match result.get("exceptionDetails") {
            Some(details) => Err(format!("{expression}: {details}")),
            None => Ok(result["result"]["value"].take()),
        }
    }

    /// The value of an expression in the page.
    pub(super) fn eval(&mut self, expression: &str) -> Value {
        match self.evaluate(expression) {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits until an expression is true, over any number of pages.
    pub(super) fn until(&mut self, condition: &str) {
        let look = format!("(() => {{ try {{ return !!({condition}) }} catch {{ return false }} }})()");
        for _ in 0..LOOKS {
            // An error means that the page was left during the check.
            if self.evaluate(&look) == Ok(Value::Bool(true)) {
                return;
            }
            assert!(self.quiet.1.recv_timeout(PAUSE).is_err());
        }
        let page = self.eval("location.href + ' ' + document.body.innerText");
        panic!("{condition} did not come true on this page: {page}");
    }

    /// Opens a page and waits until it is loaded.
    pub(super) fn open(&mut self, url: &str) {
        let outcome = self.call("Page.navigate", &json!({ "url": url }));
        assert!(outcome.get("errorText").is_none(), "{url}: {outcome}");
        let wanted = serde_json::to_string(url.split('#').next().unwrap()).unwrap();
        self.until(&format!(
            "document.readyState === 'complete' && location.href.split('#')[0] === {wanted}"
        ));
    }

    pub(super) fn size(&mut self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    pub(super) fn colours(&mut self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &features);
    }

    /// The whole page as a PNG, in base64.
    pub(super) fn picture(&mut self) -> String {
        let size = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.call("Page.captureScreenshot", &wanted);
        picture["data"].as_str().unwrap().to_owned()
    }

    /// Presses a key without text: `Tab`, `Enter` or ` `.
    pub(super) fn press(&mut self, key: &str) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            " " => ("Space", 32, " "),
            other => panic!("no key {other}"),
        };
        let mut event = json!({"type": "keyDown", "key": key, "code": code, "windowsVirtualKeyCode": number});
        if !text.is_empty() {
            event["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", &event);
        event["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", &event);
    }

    /// Types text into the focused element.
    pub(super) fn write(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses `Tab` until the element of the selector has the focus.
    pub(super) fn tab_to(&mut self, selector: &str) {
        let selector = serde_json::to_string(selector).unwrap();
        for _ in 0..60 {
            if self.eval(&format!("document.activeElement.matches({selector})")) == true {
                return;
            }
            self.press("Tab");
        }
        panic!("the keyboard cannot reach {selector}");
    }

    /// Clicks with the mouse on the first element of the selector.
    pub(super) fn click(&mut self, selector: &str) {
        let selector = serde_json::to_string(selector).unwrap();
        self.until(&format!("document.querySelector({selector})"));
        let place = self.eval(&format!(
            "(() => {{ const one = document.querySelector({selector}); one.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Replaces the text of a field.
    pub(super) fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector);
        self.eval("document.activeElement.select()");
        self.write(text);
    }

    /// The text of the first element of the selector.
    pub(super) fn text(&mut self, selector: &str) -> String {
        let selector = serde_json::to_string(selector).unwrap();
        let text = self.eval(&format!("document.querySelector({selector})?.innerText ?? ''"));
        text.as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
