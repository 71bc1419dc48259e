//! Files sent by anybody: how many are read at the same time, and for how long.
//!
//! A file is read before it takes a place among those being judged, so that whoever sends slowly keeps nobody waiting but
//! others who send; it counts until it has been judged, which bounds the memory of all.
use std::{
    collections::HashMap,
    future::Future,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::rate::network;
use crate::web::error::Error;

/// Files in memory at the same time, each of which may take its full size in memory.
const MOST: usize = 16;
/// Those of one peer.
const MOST_OF_ONE: usize = 3;
/// How long somebody waits to be read.
const WAIT: Duration = Duration::from_secs(10);
/// How long sending may take.
const SENDING: Duration = Duration::from_secs(30);

/// The files being read.
#[derive(Debug, Clone)]
pub struct Uploads {
    all: Arc<Semaphore>,
    peers: Arc<Mutex<HashMap<IpAddr, usize>>>,
    sending: Duration,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(MOST)), peers: Arc::default(), sending: SENDING }
    }
}

/// One of a peer's files, until it is dropped.
struct OfPeer(Uploads, IpAddr);

/// What a file takes up as long as it is in memory.
pub struct Held {
    _peer: OfPeer,
    _place: OwnedSemaphorePermit,
}

impl Uploads {
    /// Reads a file from `peer`; its place is kept until what comes with it is dropped, when it has been judged.
    pub async fn read<T>(
        &self,
        peer: IpAddr,
        sending: impl Future<Output = Result<T, Error>>,
    ) -> Result<(T, Held), Error> {
        let one = self.of_peer(network(peer)).ok_or(Error::TooMany)?;
        let Ok(Ok(place)) = timeout(WAIT, self.all.clone().acquire_owned()).await else { return Err(Error::TooMany) };
        let slow = || Error::Unreadable("文件没有在规定时间内送达，请检查网络后重试".into());
        let sent = timeout(self.sending, sending).await.unwrap_or_else(|_| Err(slow()))?;
        Ok((sent, Held { _peer: one, _place: place }))
    }

    fn of_peer(&self, peer: IpAddr) -> Option<OfPeer> {
        let mut peers = self.peers();
        let count = peers.entry(peer).or_default();
        (*count < MOST_OF_ONE).then(|| {
            *count += 1;
            OfPeer(self.clone(), peer)
        })
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // A poisoned lock means a panic between two counts: they are still fit for use.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OfPeer {
    fn drop(&mut self) {
        let mut peers = self.0.peers();
        if let Some(count) = peers.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                peers.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    #[tokio::test]
    async fn one_peer_keeps_nobody_waiting() {
        let uploads = Uploads::default();
        let never = || std::future::pending::<Result<(), Error>>();
        let mut slow: Vec<_> = (0..MOST_OF_ONE).map(|_| Box::pin(uploads.read(peer(1), never()))).collect();
        for one in &mut slow {
            assert!(asked_once(one.as_mut()).is_none(), "it is being read");
        }
        assert!(matches!(uploads.read(peer(1), async { Ok(()) }).await, Err(Error::TooMany)), "one more of his");
        assert!(uploads.read(peer(2), async { Ok(()) }).await.is_ok(), "others are read");
        drop(slow);
        assert!(uploads.read(peer(1), async { Ok(()) }).await.is_ok(), "afterwards he is, too");
        assert!(uploads.peers().is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn sending_ends_some_time() {
        let uploads = Uploads { sending: Duration::ZERO, ..Uploads::default() };
        let never = std::future::pending::<Result<(), Error>>();
        assert!(matches!(uploads.read(peer(1), never).await, Err(Error::Unreadable(_))));
    }

    /// What a future gives when it is asked once.
    fn asked_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
