//! Where a request comes from: the connection's other end, or, where that is a proxy of ours, whom it names.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::app::App;
use crate::app::people::throttle::Network;

/// The network that failures are counted by.
pub fn network(app: &App, request: &HttpRequest) -> Network {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip().to_canonical());
    let headers = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
    Network::of(nearest(peer, &named, &app.door.trusted_proxies))
}

/// Each proxy appends who called it: from the right, the first that is no proxy of ours. What stands further left anybody may
/// have written.
fn nearest(peer: IpAddr, named: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut nearest = peer;
    for name in named.iter().rev() {
        if !trusted.contains(&nearest) {
            break;
        }
        match name.parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_strangers_word_is_not_taken() {
        assert_eq!(nearest(ip("192.0.2.7"), &["10.9.9.9"], &[]), ip("192.0.2.7"));
        assert_eq!(nearest(ip("192.0.2.7"), &["10.9.9.9"], &[ip("127.0.0.1")]), ip("192.0.2.7"));
    }

    #[test]
    fn of_what_proxies_say_the_last_that_is_no_proxy_counts() {
        let trusted = [ip("127.0.0.1"), ip("10.0.0.2")];
        let from = |named: &[&str]| nearest(ip("127.0.0.1"), named, &trusted);
        assert_eq!(from(&["192.0.2.7"]), ip("192.0.2.7"));
        assert_eq!(from(&["203.0.113.5", "192.0.2.7", "10.0.0.2"]), ip("192.0.2.7"));
        assert_eq!(from(&["203.0.113.5", "nonsense"]), ip("127.0.0.1"));
        assert_eq!(from(&[]), ip("127.0.0.1"));
    }
}
