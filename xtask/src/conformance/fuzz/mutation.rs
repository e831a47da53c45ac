//! Damages the bytes of a request.

use super::chance::Chance;

/// `pieces` are those of the vocabulary.
pub(crate) fn damage(bytes: &mut Vec<u8>, pieces: &[String], chance: &mut Chance) {
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
                let piece = chance.text(pieces);
                bytes.splice(at..at, piece.into_bytes());
            }
            _ => {
                let copied: Vec<u8> = bytes.iter().skip(at).take(chance.below(200)).copied().collect();
                bytes.splice(at..at, copied);
            }
        }
    }
}
