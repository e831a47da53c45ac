//! The pages in a real browser. `CRYPTOPOCKET_SCREENSHOTS=FOLDER` keeps a picture of each.

mod chrome;
mod dashboard;
mod docs;
mod hosted;
mod looks;

use chrome::Chrome;
