//! Which addresses a webhook may reach. The address that was looked at is the one that is connected to, so that a name cannot
//! change in between; everything that is not the public internet is refused, in whatever clothes it comes.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How far webhooks reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// https on the public internet.
    #[default]
    Public,
    /// http and private addresses too: for an instance that serves one house, and for tests.
    Private,
}

/// Ports of https that a webhook may name.
const PORTS: &[u16] = &[443, 8443];

/// Why an address is none that we call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    NoUrl,
    NoHttps,
    Port,
    /// A name and password in it, or a fragment.
    Extras,
    NotPublic,
}

impl Unreachable {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoUrl => "no_url",
            Self::NoHttps => "no_https",
            Self::Port => "port",
            Self::Extras => "extras",
            Self::NotPublic => "not_public",
        }
    }
}

impl Reach {
    /// What can be said of an address before its name is looked up.
    pub fn check(self, url: &str) -> Result<(), Unreachable> {
        let uri: Uri = url.parse().map_err(|_| Unreachable::NoUrl)?;
        let authority = uri.authority().ok_or(Unreachable::NoUrl)?;
        if authority.as_str().contains('@') || url.contains(['#', '\\', ' ']) || !url.is_ascii() {
            return Err(Unreachable::Extras);
        }
        match (self, uri.scheme_str()) {
            (_, Some("https")) | (Self::Private, Some("http")) => {}
            _ => return Err(Unreachable::NoHttps),
        }
        if self == Self::Private {
            return Ok(());
        }
        if !authority.port_u16().is_none_or(|port| PORTS.contains(&port)) {
            return Err(Unreachable::Port);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(Unreachable::NoUrl);
        }
        let is_name = host.contains('.') && !host.ends_with(".localhost") && !host.ends_with(".local");
        match host.parse::<IpAddr>() {
            Ok(ip) if is_public(ip) => Ok(()),
            Err(_) if is_name => Ok(()),
            _ => Err(Unreachable::NotPublic),
        }
    }
}

/// Looks names up and hands on what may be reached.
pub struct Checked {
    pub reach: Reach,
    pub names: DefaultResolver,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        // One that is not public is enough: nobody names both by accident.
        match found.iter().find(|address| self.reach == Reach::Public && !is_public(address.ip())) {
            None => Ok(found),
            Some(address) => {
                // Where names of the inside lead is for the operator to know, not for who made the address.
                tracing::warn!(host = uri.host(), ip = %address.ip(), "the name of a webhook leads to an address that is not public");
                let said = "its name leads to an address that is not on the public internet";
                Err(ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, said)))
            }
        }
    }
}

/// Whether an address is on the public internet: by the registries of special-purpose addresses (RFC 6890 and what followed).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match a {
        0 | 10 | 127 | 224..=255 => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99),
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let low = || Ipv4Addr::from((u32::from(parts[6]) << 16) | u32::from(parts[7]));
    match parts {
        // IPv4 in its clothes: mapped, compatible, behind NAT64.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(low()),
        // 6to4 and Teredo carry an IPv4 address further in; nobody needs them.
        [0x2002, ..] | [0x2001, 0, ..] => false,
        // Documentation.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Benchmarking, ORCHID.
        [0x2001, 2, 0, ..] | [0x2001, 0x10..=0x2f, ..] => false,
        // Global unicast is this and nothing else: no loopback, link-local, unique local, multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_public_internet_is_told_by_its_address() {
        let inner = [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2001::1",
            "3fff::1",
            "2001:2::1",
            "100::1",
        ];
        for ip in inner {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        let outer = [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ];
        for ip in outer {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_is_refused_before_it_is_called() {
        let refused = [
            ("", Unreachable::NoUrl),
            ("hooks.example", Unreachable::NoHttps),
            ("http://hooks.example/a", Unreachable::NoHttps),
            ("ftp://hooks.example/a", Unreachable::NoHttps),
            ("https://user:secret@hooks.example/a", Unreachable::Extras),
            ("https://hooks.example/a#b", Unreachable::Extras),
            ("https://hooks.example:22/a", Unreachable::Port),
            ("https://localhost/a", Unreachable::NotPublic),
            ("https://printer.local/a", Unreachable::NotPublic),
            ("https://127.0.0.1/a", Unreachable::NotPublic),
            ("https://[::1]/a", Unreachable::NotPublic),
            ("https://[::ffff:169.254.169.254]/a", Unreachable::NotPublic),
            ("https://intranet/a", Unreachable::NotPublic),
        ];
        for (url, why) in refused {
            assert_eq!(Reach::Public.check(url), Err(why), "{url}");
        }
        assert_eq!(Reach::Public.check("https://hooks.example:8443/a?b=c"), Ok(()));
        assert_eq!(Reach::Private.check("http://127.0.0.1:9000/a"), Ok(()));
    }
}
