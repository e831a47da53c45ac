//! Assets on offer, and their prices.

mod assets;
mod price;

pub use assets::AvailableAsset;
pub use price::Price;
