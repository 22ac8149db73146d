//! Internet addresses and ranges of them.

use std::net::IpAddr;

/// How long the part of an IPv6 address is that says it stands for an IPv4 one.
const MAPPED_BITS: u32 = 96;

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    bits: u32,
}

impl Range {
    /// Reads `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`; bits behind the length may be set.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((address, bits)) = text.split_once('/') else {
            let address: IpAddr = text.parse().ok()?;
            return Some(Self { address, bits: width(address) }.canonical());
        };
        let address: IpAddr = address.parse().ok()?;
        let plain = bits == "0" || !bits.starts_with(['0', '+']);
        let bits = bits.parse().ok().filter(|bits| plain && *bits <= width(address))?;
        Some(Self { address, bits }.canonical())
    }

    /// Whether an address lies in it. An IPv6 address that stands for an IPv4 one is that one, on both sides; otherwise
    /// a range holds addresses of its own kind only, `::/0` none of IPv4.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                shared(own.to_bits().into(), other.to_bits().into(), 32 - self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                shared(own.to_bits(), other.to_bits(), 128 - self.bits)
            }
            _ => false,
        }
    }

    /// Whether another range holds all of it.
    pub fn lies_in(&self, other: &Self) -> bool {
        other.bits <= self.bits && other.holds(self.address)
    }

    /// Whether it holds every address of its kind.
    pub fn is_everyone(&self) -> bool {
        self.bits == 0
    }

    fn canonical(self) -> Self {
        match self.address.to_canonical() {
            IpAddr::V4(short) if self.address.is_ipv6() && self.bits >= MAPPED_BITS => {
                Self { address: short.into(), bits: self.bits - MAPPED_BITS }
            }
            _ => self,
        }
    }
}

/// Whether two numbers are the same but for so many of their last bits.
fn shared(one: u128, other: u128, last: u32) -> bool {
    (one ^ other).checked_shr(last).unwrap_or(0) == 0
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_begins_like_them() {
        for (range, inside, outside) in [
            ("192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"][..], &["192.0.2.8", "::c000:207"][..]),
            ("192.0.2.77/24", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0", "192.0.1.255"]),
            ("0.0.0.0/0", &["255.255.255.255", "::ffff:1.2.3.4"], &["::1", "2001:db8::1"]),
            ("10.1.2.3/31", &["10.1.2.2", "10.1.2.3"], &["10.1.2.1", "10.1.2.4"]),
            ("::/0", &["::1", "ffff::"], &["1.2.3.4", "::ffff:1.2.3.4"]),
            ("2001:db8::9/32", &["2001:db8:ffff::", "2001:db8::"], &["2001:db9::", "32.1.13.184"]),
            ("::1/128", &["::1"], &["::2", "0.0.0.1", "127.0.0.1"]),
            ("::ffff:10.0.0.0/104", &["10.255.0.1", "::ffff:10.0.0.1"], &["11.0.0.0", "::10"]),
            ("::ffff:10.0.0.1", &["10.0.0.1"], &["10.0.0.2"]),
            ("::ffff:0:0/96", &["1.2.3.4", "255.0.0.1"], &["::1"]),
            ("::ffff:0:0/95", &["::fffe:1:1"], &["1.2.3.4"]),
        ] {
            let held = Range::parse(range).unwrap();
            let within = |address: &&str| held.holds(address.parse().unwrap());
            assert!(inside.iter().all(within), "{range}");
            assert!(!outside.iter().any(within), "{range}");
        }
    }

    #[test]
    fn a_range_lies_in_wider_ones_of_its_kind() {
        let lies = |one, other| Range::parse(one).unwrap().lies_in(&Range::parse(other).unwrap());
        assert!(lies("10.1.0.0/16", "10.0.0.0/8") && lies("10.0.0.1", "10.0.0.1/32"));
        assert!(!lies("10.0.0.0/8", "10.1.0.0/16") && !lies("10.0.0.0/7", "10.0.0.0/8"));
        assert!(!lies("::1", "10.0.0.0/8"));
    }
}
