//! Requests to a portal that hide nothing of what comes back.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::process::PATIENCE;
use super::{OpenApi, Portal};

impl Portal {
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.api("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Reply {
        self.api("POST", path, body)
    }

    /// Calls the API with the ready PAT.
    pub(crate) fn api(&self, method: &str, path: &str, body: &str) -> Reply {
        self.api_with(method, path, body, &[]).unwrap()
    }

    pub(crate) fn api_with(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        self.api_as(&self.pat, method, path, body, headers)
    }

    pub(crate) fn api_as(
        &self,
        pat: &str,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        let authorization = format!("Bearer {pat}");
        let headers = [&[("Authorization", authorization.as_str())], headers].concat();
        self.exchange(method, &format!("/api/v1{path}"), body, &headers)
    }

    /// Asks for what only an emulator has.
    pub(crate) fn emulate(&self, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {}", self.pat);
        let headers = [("Authorization", bearer.as_str())];
        self.exchange("POST", &format!("/emulator/{path}"), body, &headers).expect("an answer")
    }

    /// Moves the portal's clock forward.
    pub(crate) fn advance(&self, time: &str) {
        let moved = self.emulate("clock", &format!("{{\"advance\":\"{time}\"}}"));
        assert_eq!(moved.status, 200, "{}", moved.body);
    }

    /// One request on a connection of its own.
    pub(crate) fn exchange(
        &self,
        method: &str,
        target: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.extend([*name, ": ", *value, "\r\n"]);
        }
        let reply = self.send(format!("{request}\r\n{body}").as_bytes())?;
        if let Some(path) = target.strip_prefix("/api/v1")
            && self.keeps_its_word
        {
            let faults = OpenApi::of_the_portal().faults(method, path, reply.status, &reply.body);
            assert!(faults.is_empty(), "{method} {target} {}: {faults:#?}", reply.status);
        }
        Ok(reply)
    }

    /// Bytes out, an answer in.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<Reply> {
        let mut stream = self.try_connect()?;
        stream.write_all(bytes)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Reply::parse(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    pub(crate) fn connect(&self) -> TcpStream {
        self.try_connect().unwrap()
    }

    fn try_connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    pub(crate) fn create_app(&self, name: &str) -> String {
        let reply = self.post("/apps", &format!("{{\"name\":\"{name}\"}}"));
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.text("id")
    }

    /// A page of the dashboard, as it came.
    pub(crate) fn page(&self, target: &str) -> String {
        self.exchange("GET", target, "", &[]).expect("a page").body
    }
}

/// An answer as it came.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        Some(Self {
            status,
            body: body.to_owned(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A top-level string.
    pub(crate) fn text(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}")).to_owned()
    }

    /// Fails unless it is this error.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.json()["error"], code, "{}", self.body);
    }

    /// Fails unless it is a 422 that tells exactly these faults, each as `place.name kind`.
    #[track_caller]
    pub(crate) fn has_issues(&self, expected: &[&str]) {
        assert_eq!(self.status, 422, "{}", self.body);
        let issue = |issue: &Value| {
            let parts: Vec<&str> = issue["loc"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            format!("{} {}", parts.join("."), issue["type"].as_str().unwrap())
        };
        let told: Vec<String> =
            self.json()["detail"].as_array().unwrap().iter().map(issue).collect();
        assert_eq!(told, expected, "{}", self.body);
    }

    /// Fails unless it is a 422 about this part of the request, or something within it.
    #[track_caller]
    pub(crate) fn is_invalid(&self, place: &str, name: &str) {
        assert_eq!(self.status, 422, "{}", self.body);
        let issue = &self.json()["detail"][0];
        let loc = issue["loc"].as_array().expect("a list");
        assert_eq!(loc[..2], [place, name], "{}", self.body);
        assert!(issue["msg"].is_string() && issue["type"].is_string(), "{}", self.body);
    }
}
