//! A running `webhooks listen`, and receivers of what it forwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde_json::Value;

use crate::program::Program;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// `webhooks listen`, until it is told to stop.
pub(crate) struct Listening {
    child: Child,
    pub(crate) url: String,
    lines: Receiver<String>,
    notes: Receiver<String>,
}

/// The lines of a stream, read on a thread of its own, so that a test can give up waiting.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let _ = tell.send(line.unwrap());
        }
    });
    lines
}

impl Listening {
    pub(crate) fn start(program: &Program, words: &str) -> Self {
        let words: Vec<&str> = ["webhooks", "listen"]
            .into_iter()
            .chain(words.split_whitespace())
            .collect();
        let mut child = program
            .command(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let notes = lines(child.stderr.take().unwrap());
        let lines = lines(child.stdout.take().unwrap());
        let mut listening = Self {
            child,
            url: String::new(),
            lines,
            notes,
        };
        let note = listening.note("listening on ");
        let url = note.split("listening on ").nth(1).unwrap();
        url.split(',').next().unwrap().clone_into(&mut listening.url);
        listening
    }

    /// The next line on stderr with this text.
    pub(crate) fn note(&self, text: &str) -> String {
        loop {
            let line = self.notes.recv_timeout(PATIENCE).unwrap();
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The next event on stdout.
    pub(crate) fn event(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"))
    }

    /// Ends it with a signal, and returns its exit code and the rest of stdout.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => rest.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                // Killed, it has no exit code.
                Err(RecvTimeoutError::Timeout) => drop(self.child.kill()),
            }
        }
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request as it came.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// A receiver that answers with these statuses in turn, and with the last one from then on; 0 never answers.
pub(crate) struct Hook {
    pub(crate) url: String,
    came: Receiver<Request>,
}

impl Hook {
    pub(crate) fn start(statuses: &'static [u16]) -> Self {
        Self::with_head(statuses, "")
    }

    /// With further header lines in its answers, each with its line break.
    pub(crate) fn with_head(statuses: &'static [u16], head: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, came) = channel();
        std::thread::spawn(move || {
            let mut waiting = Vec::new();
            for index in 0.. {
                let (stream, _) = listener.accept().unwrap();
                let status = statuses[index.min(statuses.len() - 1)];
                waiting.extend(answer(stream, status, head, &tell));
            }
        });
        Self { url, came }
    }

    /// The next request.
    pub(crate) fn request(&self) -> Request {
        self.came.recv_timeout(PATIENCE).unwrap()
    }

    pub(crate) fn has_more(&self) -> bool {
        self.came.try_recv().is_ok()
    }
}

fn answer(stream: TcpStream, status: u16, head: &str, tell: &Sender<Request>) -> Option<TcpStream> {
    let (mut reader, mut text) = (BufReader::new(stream), String::new());
    while reader.read_line(&mut text).unwrap() > 2 {}
    let request = Request {
        body: String::new(),
        head: text,
    };
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let mut stream = reader.into_inner();
    if status != 0 {
        write!(
            stream,
            "HTTP/1.1 {status} X\r\n{head}content-length: 0\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
    }
    let _ = tell.send(Request { body, ..request });
    (status == 0).then_some(stream)
}

/// Posts a body with header lines, and returns the status.
pub(crate) fn post(url: &str, headers: &str, body: &str) -> u16 {
    let (authority, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nhost: {authority}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split(' ').nth(1).unwrap().parse().unwrap()
}
