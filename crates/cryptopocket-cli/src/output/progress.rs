use std::convert::Infallible;
use std::future::Future;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptopocket::{Runtime, TokioRuntime};

/// How long work may take before the spinner is drawn.
const DELAY: Duration = Duration::from_millis(500);
const FRAME: Duration = Duration::from_millis(100);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// A spinner on stderr for work that takes longer than half a second. It is drawn on a terminal only.
#[derive(Clone)]
pub(crate) struct Progress {
    label: Arc<Mutex<String>>,
    draw: Option<fn(&str)>,
}

impl Progress {
    /// Never drawn with `json`: a program is watching.
    pub(crate) fn new(label: &str, json: bool) -> Self {
        let is_shown = !json && std::io::stderr().is_terminal();
        Self {
            label: Arc::new(Mutex::new(label.to_owned())),
            draw: is_shown.then_some(replace_line),
        }
    }

    /// Changes the label.
    pub(crate) fn label(&self, label: impl Into<String>) {
        *self.label.lock().unwrap_or_else(PoisonError::into_inner) = label.into();
    }

    /// Runs `work` to its end beside the spinner.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(draw) = self.draw else {
            return work.await;
        };
        let drawn = AtomicBool::new(false);
        let result = tokio::select! {
            biased;
            result = work => result,
            never = self.spin(draw, &drawn) => match never {},
        };
        // A line that the spinner did not draw belongs to somebody else, such as a log.
        if drawn.into_inner() {
            draw("");
        }
        result
    }

    async fn spin(&self, draw: fn(&str), drawn: &AtomicBool) -> Infallible {
        TokioRuntime.sleep(DELAY).await;
        let mut frames = FRAMES.iter().cycle();
        loop {
            let label = self.label.lock().unwrap_or_else(PoisonError::into_inner).clone();
            draw(&format!("{} {label}", frames.next().unwrap_or(&"")));
            drawn.store(true, Ordering::Relaxed);
            TokioRuntime.sleep(FRAME).await;
        }
    }
}

/// Replaces the line on stderr.
fn replace_line(line: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[2K{line}").and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    fn drawn_during(work: Duration) -> Vec<String> {
        let progress = Progress {
            label: Arc::new(Mutex::new("reading".to_owned())),
            draw: Some(|line| LINES.with_borrow_mut(|lines| lines.push(line.to_owned()))),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let work = async { TokioRuntime.sleep(work).await };
        runtime.unwrap().block_on(progress.during(work));
        LINES.take()
    }

    #[test]
    fn only_a_drawn_line_is_cleared() {
        assert_eq!(drawn_during(Duration::ZERO), Vec::<String>::new());
        let drawn = drawn_during(DELAY + FRAME);
        assert!(drawn[0].ends_with(" reading"), "{drawn:?}");
        assert_eq!(drawn.last().map(String::as_str), Some(""));
    }
}
