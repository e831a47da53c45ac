//! Replies with several random changes: whatever comes, a call ends with a result or an error.

use cryptopocket_core::testing::Answer;
use cryptopocket_tests::{catalogue, scripted};
use serde_json::{Value, json};

use crate::sample::samples;

/// A repeatable source of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most.max(1) as u64).expect("a small number")
    }

    fn value(&mut self) -> Value {
        let texts = [
            "",
            "0",
            "-1",
            "1e400",
            "NaN",
            "€",
            "\u{0}",
            "ok",
            "error",
            "2026-06-20",
            "ES79",
            "é\u{301}",
        ];
        match self.below(10) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(usize::MAX)),
            3 => json!(-1.5e300),
            4 => json!([]),
            5 => json!({}),
            6 => json!([{ "id": 1 }, null, "x"]),
            7 => json!({ "data": { "data": { "id": "x" } }, "status": "ok" }),
            _ => json!(texts[self.below(texts.len())]),
        }
    }

    /// Changes one node that a random walk from `node` reaches.
    fn change(&mut self, node: &mut Value) {
        if self.below(4) == 0 {
            *node = self.value();
            return;
        }
        match node {
            Value::Object(fields) if !fields.is_empty() => {
                let name = fields
                    .keys()
                    .nth(self.below(fields.len()))
                    .expect("a field")
                    .clone();
                match self.below(8) {
                    0 => drop(fields.remove(&name)),
                    1 => drop(fields.insert(format!("{name}_2"), self.value())),
                    _ => self.change(fields.get_mut(&name).expect("the field")),
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let index = self.below(items.len());
                match self.below(8) {
                    0 => drop(items.remove(index)),
                    1 => items.push(self.value()),
                    _ => self.change(&mut items[index]),
                }
            }
            other => *other = self.value(),
        }
    }

    /// Cuts the text, or replaces a byte of it.
    fn damage(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len());
        match self.below(6) {
            0 => text.truncate(at),
            1 => text[at] = b"{}[]\",:0\xff\\"[self.below(10)],
            _ => {}
        }
    }
}

#[tokio::test]
async fn no_reply_makes_a_call_panic() {
    // Raise it by hand: CRYPTOPOCKET_FUZZED_REPLIES=1000000 with --release.
    let wanted = std::env::var("CRYPTOPOCKET_FUZZED_REPLIES").ok();
    let count = wanted.and_then(|count| count.parse().ok()).unwrap_or(3_000);
    let samples = samples();
    let mut random = Random(2026);
    let mut succeeded = 0_usize;
    for _ in 0..count {
        let sample = &samples[random.below(samples.len())];
        let mut reply = sample.reply.clone();
        for _ in 0..=random.below(4) {
            random.change(&mut reply);
        }
        let mut text = reply.to_string().into_bytes();
        random.damage(&mut text);
        let status = [200, 200, 200, 200, 200, 201, 400, 500][random.below(8)];
        let provider = scripted::session();
        provider.transport.always(
            &sample.operation,
            Answer::reply(status, String::from_utf8_lossy(&text)),
        );
        let called = (catalogue::case(&sample.operation).call)(provider.session).await;
        succeeded += usize::from(called.is_ok());
    }
    assert!(succeeded > count / 20, "only {succeeded} of {count} succeed");
}
