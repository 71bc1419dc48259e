//! A bucket of tokens for each peer: signing in and public verification cost one; a bucket fills slowly.
//!
//! Memory is bounded: at most [`MOST_PEERS`] buckets. When all are in use, peers without one share a last bucket, so that a
//! flood from many addresses slows down newcomers, never the ones already known.
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Mutex,
    time::{Duration, Instant},
};

/// The largest number of peers remembered.
pub const MOST_PEERS: usize = 10_000;

/// How often one peer may ask.
#[derive(Debug)]
pub struct Rate {
    burst: f64,
    per_second: f64,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    peers: HashMap<IpAddr, Bucket>,
    others: Option<Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Rate {
    /// `burst` requests at once, then one each `every`.
    pub fn new(burst: u32, every: Duration) -> Self {
        Rate { burst: f64::from(burst), per_second: 1.0 / every.as_secs_f64(), buckets: Mutex::default() }
    }

    /// Takes a token of this peer's; false when there is none left.
    pub fn take(&self, peer: IpAddr, now: Instant) -> bool {
        let peer = network(peer);
        // A poisoned lock means a panic between two assignments of numbers: the numbers are still fit for use.
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !buckets.peers.contains_key(&peer) && buckets.peers.len() >= MOST_PEERS {
            buckets.peers.retain(|_, b| self.filled(*b, now) < self.burst);
        }
        let full = Bucket { tokens: self.burst, at: now };
        let crowded = buckets.peers.len() >= MOST_PEERS && !buckets.peers.contains_key(&peer);
        let bucket = match crowded {
            true => buckets.others.get_or_insert(full),
            false => buckets.peers.entry(peer).or_insert(full),
        };
        let tokens = self.filled(*bucket, now);
        let granted = tokens >= 1.0;
        *bucket = Bucket { tokens: if granted { tokens - 1.0 } else { tokens }, at: now };
        granted
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + seconds * self.per_second).min(self.burst)
    }
}

/// One subscriber has a whole /64 of IPv6: it counts as one peer.
pub(super) fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let rate = Rate::new(3, Duration::from_secs(10));
        let t = Instant::now();
        assert_eq!([0; 5].map(|_| rate.take(v4(1), t)), [true, true, true, false, false]);
        assert!(rate.take(v4(2), t));
        assert!(!rate.take(v4(1), t + Duration::from_secs(9)));
        assert!(rate.take(v4(1), t + Duration::from_secs(10)));
        assert!(!rate.take(v4(1), t + Duration::from_secs(10)));
    }

    #[test]
    fn one_subscriber_is_one_peer() {
        let rate = Rate::new(1, Duration::from_secs(10));
        let t = Instant::now();
        assert!(rate.take("2001:db8:1:2::1".parse().unwrap(), t));
        assert!(!rate.take("2001:db8:1:2:ffff::9".parse().unwrap(), t));
        assert!(rate.take("10.0.0.1".parse().unwrap(), t));
        assert!(!rate.take("::ffff:10.0.0.1".parse().unwrap(), t));
    }

    #[test]
    fn memory_is_bounded_and_known_peers_keep_their_bucket() {
        let rate = Rate::new(2, Duration::from_secs(60));
        let t = Instant::now();
        for n in 0..MOST_PEERS as u32 {
            assert!(rate.take(v4(n), t));
        }
        assert_eq!([0; 3].map(|i| rate.take(v4(1_000_000 + i), t)), [true, true, false]);
        assert!(rate.take(v4(5), t));
        assert!(!rate.take(v4(5), t));
        assert_eq!(rate.buckets.lock().unwrap().peers.len(), MOST_PEERS);
        assert!(rate.take(v4(2_000_000), t + Duration::from_secs(300)));
        assert_eq!(rate.buckets.lock().unwrap().peers.len(), 1);
    }
}
