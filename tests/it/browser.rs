//! Chromium, spoken to through a pipe (DevTools protocol), with an authenticator that is its own: passkeys as people use them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser.
pub(crate) struct Chromium {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
    _profile: TempDir,
}

/// A page of it.
pub(crate) struct Tab<'a> {
    chromium: &'a mut Chromium,
    session: String,
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Chromium {
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // It reads commands from file descriptor 3 and writes answers to 4.
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
             --disable-background-networking --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 </dev/null >/dev/null";
        let mut child = Command::new("bash")
            .args(["-c", script])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("bash: {error}; run `make tools`"));
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, to, from, next: 0, _profile: profile }
    }

    fn call(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let sent = self.to.write_all(format!("{message}\0").as_bytes()).and_then(|()| self.to.flush());
        sent.unwrap_or_else(|error| panic!("chromium: {error}; run `make tools`"));
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).unwrap();
            assert!(answer.pop() == Some(0), "chromium has ended; run `make tools`");
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == self.next {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// A page with cookies and keys of its own.
    pub(crate) fn tab(&mut self) -> Tab<'_> {
        let context = self.call(None, "Target.createBrowserContext", json!({}))["browserContextId"].clone();
        let page = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.call(None, "Target.createTarget", page)["targetId"].clone();
        let attached = self.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let mut tab = Tab { chromium: self, session };
        tab.call("Page.enable", json!({}));
        tab.call("Network.enable", json!({}));
        tab.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        tab
    }
}

impl Tab<'_> {
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        let session = self.session.clone();
        self.chromium.call(Some(&session), method, parameters)
    }

    /// Plugs in an authenticator whose owner is there and says yes.
    pub(crate) fn plug_in_authenticator(&mut self) {
        self.call("WebAuthn.enable", json!({ "enableUI": false }));
        let options = json!({ "protocol": "ctap2", "transport": "usb", "hasResidentKey": false, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true });
        self.call("WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
    }

    /// What an expression gives.
    pub(crate) fn says(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The text that an expression gives.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.says(expression).as_str().unwrap_or_default().to_owned()
    }

    /// What the page shows.
    pub(crate) fn shown(&mut self) -> String {
        self.text("document.body.innerText")
    }

    pub(crate) fn open(&mut self, address: &str) {
        self.call("Page.navigate", json!({ "url": address }));
        self.wait_for("a page", "location.href !== 'about:blank' && document.readyState === 'complete'");
    }

    /// Waits until the expression holds; navigations in between are waited through.
    pub(crate) fn wait_for(&mut self, what: &str, expression: &str) {
        let begun = Instant::now();
        loop {
            let asked = json!({ "expression": expression, "returnByValue": true });
            let answer = self.call("Runtime.evaluate", asked);
            if answer["result"]["value"] == true {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let (address, shown) = (self.text("location.href"), self.shown());
                panic!("{what} did not come; at {address}:\n{shown}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for a page at an address that ends so.
    pub(crate) fn arrives(&mut self, end: &str) {
        let expression = format!("location.href.endsWith({}) && document.readyState === 'complete'", json!(end));
        self.wait_for(end, &expression);
    }

    /// Fills in a field of the form that goes to `action`.
    pub(crate) fn fill(&mut self, action: &str, name: &str, value: &str) {
        let form = form(action);
        self.says(&format!("{form}.elements[{}].value = {}", json!(name), json!(value)));
    }

    /// Presses the button of the form that goes to `action`.
    pub(crate) fn press(&mut self, action: &str) {
        self.says(&format!("{}.querySelector('button[type=submit]').click()", form(action)));
    }
}

fn form(action: &str) -> String {
    format!("document.querySelector({})", json!(format!("form[action=\"{action}\"]")))
}
