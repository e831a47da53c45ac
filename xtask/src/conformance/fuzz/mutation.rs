//! Damages the bytes of a request.

use super::chance::Chance;

/// Pieces that break HTTP parsers.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r\n\r\n",
    "\0",
    ":",
    " ",
    "\t",
    "%",
    "%00",
    "%ff",
    "HTTP/1.1",
    "HTTP/9.9",
    "content-length: 0\r\n",
    "content-length: 99999999999999999999\r\n",
    "content-length: -1\r\n",
    "transfer-encoding: chunked\r\n",
    "transfer-encoding: gzip, chunked\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "expect: 100-continue\r\n",
    "upgrade: h2c\r\n",
    "host: \r\n",
    "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
    "\u{feff}",
    "é",
];

pub(crate) fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = chance.next().to_le_bytes()[0];
                }
            }
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..(at + chance.below(20)).min(bytes.len()))),
            3 => {
                let piece = chance.text(PIECES);
                bytes.splice(at..at, piece.into_bytes());
            }
            _ => {
                let copied: Vec<u8> = bytes.iter().skip(at).take(chance.below(200)).copied().collect();
                bytes.splice(at..at, copied);
            }
        }
    }
}
