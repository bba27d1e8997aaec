//! Where messages may be sent to: public addresses with TLS, and the networks that the settings name.

use super::network::Network;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// The longest address of a hook, in bytes.
pub const LONGEST_URL: usize = 500;

/// Special-purpose IPv4 networks that are not globally reachable, and multicast (IANA, RFC 6890 and its updates).
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// IPv6 networks inside global unicast (2000::/3) that are not globally reachable or contain an IPv4 address: protocol
/// assignments with Teredo, documentation, 6to4, and the SRv6 block.
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is reachable from everywhere. An IPv4-mapped address is treated as the IPv4 address.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            !NOT_PUBLIC_V4.iter().any(|(base, bits)| Network::new((*base).into(), *bits).covers(v4.into()))
        }
        IpAddr::V6(v6) => {
            let covers = |(base, bits): (Ipv6Addr, u8)| Network::new(base.into(), bits).covers(v6.into());
            covers((Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)) && !NOT_PUBLIC_V6.into_iter().any(covers)
        }
    }
}

/// Why an address cannot be a hook's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// Not an `https://` address, or too long.
    Form,
    /// It has a user name, a password or a fragment.
    Extras,
    /// It is, or its name leads to, an address that is not public.
    Inside,
    /// Its name has no address.
    Unknown,
}

impl UrlFault {
    pub const fn code(self) -> &'static str {
        match self {
            UrlFault::Form => "form",
            UrlFault::Extras => "extras",
            UrlFault::Inside => "inside",
            UrlFault::Unknown => "unknown",
        }
    }
}

/// Addresses that messages may be sent to: public ones with TLS, and those inside the listed networks, also without.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    pub inside: Vec<Network>,
}

impl Reach {
    /// Whether a connection to an address is allowed.
    pub fn allows(&self, address: IpAddr, with_tls: bool) -> bool {
        (with_tls && is_public(address)) || self.inside.iter().any(|network| network.covers(address))
    }

    /// Parses the address of a hook. A host that is written as a number is checked; a name is checked when it is
    /// resolved.
    pub fn url(&self, text: &str) -> Result<Url, UrlFault> {
        if text.len() > LONGEST_URL {
            return Err(UrlFault::Form);
        }
        let url = Url::parse(text).map_err(|_| UrlFault::Form)?;
        self.check(&url)?;
        Ok(url)
    }

    /// The same for an address that is parsed, such as that of a redirect.
    pub fn check(&self, url: &Url) -> Result<(), UrlFault> {
        let with_tls = url.scheme() == "https";
        if !with_tls && (url.scheme() != "http" || self.inside.is_empty()) {
            return Err(UrlFault::Form);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(UrlFault::Extras);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(name)) if !name.is_empty() => None,
            _ => return Err(UrlFault::Form),
        };
        match literal {
            Some(address) if !self.allows(address, with_tls) => Err(UrlFault::Inside),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_public_is_refused_however_it_is_written() {
        let reach = Reach::default();
        let inside = [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest",
            "https://192.168.0.1/",
            "https://172.31.255.255/",
            "https://0.0.0.0/",
            "https://100.64.0.1/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001::1]/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::127.0.0.1]/",
        ];
        for text in inside {
            assert_eq!(reach.url(text), Err(UrlFault::Inside), "{text}");
        }
        for text in ["http://8.8.8.8/", "ftp://8.8.8.8/", "8.8.8.8", "", "https://", "file:///etc/passwd"] {
            assert!(matches!(reach.url(text), Err(UrlFault::Form | UrlFault::Inside)), "{text}");
        }
        for text in ["https://a@8.8.8.8/", "https://a:b@8.8.8.8/", "https://8.8.8.8/#x"] {
            assert_eq!(reach.url(text), Err(UrlFault::Extras), "{text}");
        }
        for text in ["https://8.8.8.8/", "https://sms.example.com/in?x=1", "https://[2400:3200::1]:8443/"] {
            assert!(reach.url(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_listed_networks_are_allowed_also_without_tls() {
        let reach = Reach { inside: vec![Network::parse("10.8.0.0/16").unwrap()] };
        assert!(reach.url("http://10.8.1.2:8080/in").is_ok());
        assert!(reach.url("https://10.8.1.2/in").is_ok());
        assert_eq!(reach.url("http://10.9.1.2/in"), Err(UrlFault::Inside));
        assert_eq!(reach.url("http://8.8.8.8/in"), Err(UrlFault::Inside), "public addresses need TLS");
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_itself(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            prop_assert_eq!(is_public(v4.into()), is_public(v4.to_ipv6_mapped().into()));
            let std = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
            prop_assert!(!(std && is_public(v4.into())));
        }
    }
}
