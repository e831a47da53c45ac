//! Who may use the control plane, and what to tell the others.

use std::net::{IpAddr, SocketAddr};

use crate::near::shown;
use crate::request::Request;
use crate::world::World;

/// Who may use the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Nobody, as it was asked for.
    Off,
    /// Nobody, for others can reach this address.
    Exposed(SocketAddr),
    /// Whoever says that they speak to this machine by one of its own names; that keeps web pages out.
    Local,
    Anyone,
}

const OPEN: &str =
    "or open it to whoever reaches the port with `Builder::control_plane(true)` (`--control-plane`)";

/// Whether a request may control the emulator, and see all of it.
pub fn allows(world: &World, request: &Request) -> bool {
    barred(world, request).is_none()
}

/// Why a request may not control the emulator, and what to do about it.
pub(super) fn barred(world: &World, request: &Request) -> Option<String> {
    let why = match world.controls {
        Controls::Anyone => return None,
        Controls::Off => {
            return Some(
                "the control plane is closed: `Builder::control_plane(false)` asked for that".to_owned(),
            );
        }
        Controls::Exposed(address) => {
            format!("the emulator listens on {address}, which other machines can reach; listen on 127.0.0.1")
        }
        Controls::Local => not_local(request)?,
    };
    Some(format!(
        "the control plane is not open to this request: {why}, {OPEN}"
    ))
}

fn not_local(request: &Request) -> Option<String> {
    let Some(host) = request.header("host") else {
        return Some("it has no Host header, or several; send one, such as 127.0.0.1".to_owned());
    };
    if !is_local(host) {
        let host = shown(host);
        return Some(format!(
            "its Host header is `{host}`, which is no name of this machine; call it by 127.0.0.1, [::1] or localhost"
        ));
    }
    if !request.headers.contains_key("origin") {
        return None;
    }
    let origin = request.header("origin").unwrap_or_default();
    // Pages of other servers on this machine are other people's too.
    if origin
        .strip_prefix("http://")
        .is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    {
        return None;
    }
    let origin = shown(origin);
    Some(format!(
        "its Origin header says that a page of `{origin}` sends it; send it without that header"
    ))
}

fn is_local(authority: &str) -> bool {
    authority.parse::<http::uri::Authority>().is_ok_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let host = host.strip_suffix('.').unwrap_or(host);
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}
