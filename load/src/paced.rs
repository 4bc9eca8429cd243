//! A given number of requests a second, each at its own moment, whether or not those before were answered.
//!
//! One thread asks over all connections. Many threads that sleep until their request is due wake late, wait for each other
//! where they share a core, and make the server wake them for each answer: on two cores their own delay was the larger part
//! of what they measured.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::client::{Client, PATIENCE};
use crate::gaps::Gaps;
use crate::waits::Waits;

/// What is asked, how often and over how many connections.
pub struct Plan<'a> {
    pub address: SocketAddr,
    /// The request of each number, and what has to be answered.
    pub request: &'a dyn Fn(usize) -> Vec<u8>,
    pub status: u16,
    pub connections: usize,
    /// A new connection for each request.
    pub reconnect: bool,
    pub rate: f64,
    pub span: Duration,
    pub waiting: Waiting,
}

/// What the thread does while there is nothing to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Looks again: misses nothing, and needs a core of its own.
    Awake,
    /// Sleeps until a request is due or an answer comes: some hundredths of a millisecond late, and leaves the cores alone.
    Asleep,
}

/// Waits from the moment at which each request was due.
pub struct Answered {
    pub waits: Waits,
    pub took: Duration,
    /// When this thread itself could not go on.
    pub gaps: Gaps,
}

impl Plan<'_> {
    pub fn run(&self) -> anyhow::Result<Answered> {
        let kept = if self.reconnect { 0 } else { self.connections };
        let mut free = (0..kept).map(|_| self.connect()).collect::<anyhow::Result<VecDeque<_>>>()?;
        let mut asked: Vec<(Client, Instant)> = Vec::new();
        let (mut waits, mut gaps) = (Waits::default(), Gaps::start());
        let (started, step) = (Instant::now(), Duration::from_secs_f64(1.0 / self.rate));
        let (mut due, mut number) = (started, 0);
        while due < started + self.span || !asked.is_empty() {
            let now = gaps.look();
            ensure!(now < started + self.span + PATIENCE, "{} answers are missing", asked.len());
            if due <= now && due < started + self.span && asked.len() < self.connections {
                let mut client = free.pop_front().map_or_else(|| self.connect(), Ok)?;
                client.ask(&(self.request)(number))?;
                asked.push((client, due));
                due += step;
                number += 1;
            }
            // From the last, because an answered one leaves and the last takes its place.
            for at in (0..asked.len()).rev() {
                let (client, due) = &mut asked[at];
                if let Some(answer) = client.answer()? {
                    ensure!(answer.status == self.status, "answered {}: {}", answer.status, answer.text());
                    waits.add(due.elapsed());
                    let (client, _) = asked.swap_remove(at);
                    if !self.reconnect {
                        free.push_back(client);
                    }
                }
            }
            if self.waiting == Waiting::Asleep && (due < started + self.span || !asked.is_empty()) {
                let next = if due < started + self.span { due } else { started + self.span + PATIENCE };
                sleep(&asked, next.saturating_duration_since(Instant::now()))?;
            }
        }
        Ok(Answered { waits, took: started.elapsed(), gaps })
    }

    fn connect(&self) -> anyhow::Result<Client> {
        let client = Client::connect(self.address)?;
        client.never_wait()?;
        Ok(client)
    }
}

/// Until one of those that were asked answers, or this time has passed.
fn sleep(asked: &[(Client, Instant)], time: Duration) -> anyhow::Result<()> {
    let mut sockets: Vec<_> = asked.iter().map(|(client, _)| PollFd::new(client, PollFlags::IN)).collect();
    poll(&mut sockets, Some(&Timespec::try_from(time)?))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one connection: the first request after this time, its head before its body; the others at once.
    fn slow_at_first(stall: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_nodelay(true).unwrap();
            let mut pause = stall;
            while stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {
                thread::sleep(pause);
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n").unwrap();
                thread::sleep(pause / 10);
                stream.write_all(b"page").unwrap();
                pause = Duration::ZERO;
            }
        });
        address
    }

    #[test]
    fn who_was_due_while_the_server_stood_still_has_waited_too() {
        let stall = Duration::from_millis(200);
        for waiting in [Waiting::Awake, Waiting::Asleep] {
            let plan = Plan {
                address: slow_at_first(stall),
                request: &|_| b"GET / HTTP/1.1\r\n\r\n".to_vec(),
                status: 200,
                connections: 1,
                reconnect: false,
                rate: 100.0,
                span: stall,
                waiting,
            };
            let answered = plan.run().unwrap();
            assert!(answered.took < Duration::from_secs(5), "it ends with the last answer");
            let mut waits = answered.waits;
            assert_eq!(waits.count(), 20);
            let told = waits.at(&[500, 1000]);
            assert!(told[0] >= 100.0 && told[1] >= 220.0, "{told:?}");
        }
    }
}
