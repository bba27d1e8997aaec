//! Addresses and networks, and the client behind a chain of proxies. An IPv4-mapped IPv6 address (`::ffff:192.0.2.7`)
//! is treated as the IPv4 address everywhere.

use core::net::IpAddr;
use std::fmt;

/// An address, or a network in the form `192.0.2.0/24` or `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// Why a text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFault {
    #[error("not an IP address; names cannot be used here")]
    Address,
    #[error("the number of leading bits behind the slash must be from 0 to {most}")]
    Bits { most: u8 },
}

impl NetworkFault {
    /// The same in Chinese.
    pub fn chinese(self) -> String {
        match self {
            Self::Address => "不是网络地址（这里不能写主机名）".into(),
            Self::Bits { most } => format!("斜杠后面的位数应为 0 至 {most}"),
        }
    }
}

impl Network {
    /// A network by its base address and its number of leading bits.
    pub const fn new(base: IpAddr, bits: u8) -> Self {
        Network { base, bits }
    }

    /// Parses an address or a network. Bits after the prefix are ignored.
    pub fn parse(text: &str) -> Result<Self, NetworkFault> {
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let written: IpAddr = base.parse().map_err(|_| NetworkFault::Address)?;
        let most = if written.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if bits.bytes().all(|b| b.is_ascii_digit()) => {
                let bits = bits.parse().ok().filter(|bits| *bits <= most);
                bits.ok_or(NetworkFault::Bits { most })?
            }
            Some(_) => return Err(NetworkFault::Bits { most }),
        };
        let base = written.to_canonical();
        // A mapped IPv4 network has 96 fixed leading bits.
        let mapped = written.is_ipv6() && base.is_ipv4();
        match (mapped, bits.checked_sub(96)) {
            (true, Some(bits)) => Ok(Network { base, bits }),
            (true, None) => Ok(Network { base: written, bits }),
            _ => Ok(Network { base, bits }),
        }
    }

    /// Whether the network contains an address.
    pub fn covers(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let shift = 32_u32.saturating_sub(self.bits.into());
                let leading = |ip: core::net::Ipv4Addr| u32::from(ip).checked_shr(shift).unwrap_or(0);
                leading(base) == leading(address)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let shift = 128_u32.saturating_sub(self.bits.into());
                let leading = |ip: core::net::Ipv6Addr| u128::from(ip).checked_shr(shift).unwrap_or(0);
                leading(base) == leading(address)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

/// The client's address. `forwarded`: the values of all `X-Forwarded-For` lines in their order; they form one list.
/// It is walked from the right while the current address belongs to a listed proxy. A value that is not an address
/// ends the walk at the proxy that wrote it.
pub fn client(peer: IpAddr, forwarded: &[&str], proxies: &[Network]) -> IpAddr {
    let mut reached = peer.to_canonical();
    for hop in forwarded.iter().flat_map(|line| line.split(',')).rev() {
        if !proxies.iter().any(|proxy| proxy.covers(reached)) {
            break;
        }
        let Some(address) = parse_address(hop) else { break };
        reached = address;
    }
    reached
}

/// Parses an address as proxies write it: also with a port, in brackets or in quotes.
fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = match text.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?.0.parse().ok()?,
        None => match text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => IpAddr::V4(text.parse::<core::net::SocketAddrV4>().ok()?.ip().to_owned()),
        },
    };
    Some(address.to_canonical())
}

/// The unit of rate limits: an IPv4 address, or the 64 leading bits of an IPv6 one, which belong to one subscriber.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(core::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_covers_its_addresses_however_they_are_written() {
        let table = [
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1", "::ffff:10.0.0.1", true),
            ("::ffff:10.0.0.1", "10.0.0.1", true),
            ("10.0.0.0/8", "::ffff:10.255.0.1", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true),
            ("::ffff:10.0.0.0/104", "11.9.9.9", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "203.0.113.9", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("127.0.0.0/8", "::1", false),
            (" 192.0.2.0/31 ", "192.0.2.1", true),
            ("192.0.2.0/31", "192.0.2.2", false),
        ];
        for (network, address, covered) in table {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.covers(ip(address)), covered, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in [
            "",
            "localhost",
            "10.0.0",
            "10.0.0.01",
            "10.0.0.0 /8",
            "1.2.3.4:80",
            "*",
            "[::1]",
            "fe80::1%eth0",
        ] {
            assert_eq!(Network::parse(text), Err(NetworkFault::Address), "{text}");
        }
        for text in
            ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8"]
        {
            assert_eq!(Network::parse(text), Err(NetworkFault::Bits { most: 32 }), "{text}");
        }
        assert_eq!(Network::parse("::/129"), Err(NetworkFault::Bits { most: 128 }));
    }

    #[test]
    fn all_lines_of_forwarded_addresses_are_one_list_walked_from_the_right_over_listed_proxies() {
        let proxies = ["10.0.0.0/8", "2001:db8:aaaa::/48"].map(|text| Network::parse(text).unwrap());
        let table: [(&str, &[&str], &str); 20] = [
            ("203.0.113.5", &[], "203.0.113.5"),
            ("203.0.113.5", &["192.0.2.1"], "203.0.113.5"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1"], "192.0.2.1"),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1"),
            // Values that the client itself sent are on the left and not trusted.
            ("10.0.0.1", &["198.51.100.9, 192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.9", "192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1", &["192.0.2.1, 10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1", &["192.0.2.1", "10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.9", "192.0.2.1, 10.0.0.3", "10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1", &["192.0.2.1,2001:db8:aaaa::1"], "192.0.2.1"),
            // All hops are listed proxies: the first of them is the client.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // A value that is not an address is not trusted, nor anything to its left.
            ("10.0.0.1", &["192.0.2.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1, , 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1:4711"], "192.0.2.1"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["\"[2001:db8::7]\""], "2001:db8::7"),
            ("10.0.0.1", &["  192.0.2.1  "], "192.0.2.1"),
            ("2001:db8:aaaa::9", &["192.0.2.1"], "192.0.2.1"),
        ];
        for (peer, forwarded, expected) in table {
            assert_eq!(client(ip(peer), forwarded, &proxies), ip(expected), "{peer} {forwarded:?}");
        }
        assert_eq!(client(ip("10.0.0.1"), &["192.0.2.1"], &[]), ip("10.0.0.1"));
    }

    #[test]
    fn a_subscriber_has_one_ipv4_address_or_sixty_four_bits() {
        assert_eq!(subscriber(ip("::ffff:192.0.2.7")), ip("192.0.2.7"));
        assert_eq!(subscriber(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
    }
}
