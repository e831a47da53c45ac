//! What people do, done by a real browser. `CRYPTOPOCKET_SCREENSHOTS=FOLDER` keeps a picture of every page.

mod chrome;
mod dashboard;
mod docs;
mod hosted;
mod looks;

use chrome::Chrome;
