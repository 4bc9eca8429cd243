//! A given number of requests a second, each at its own moment, whether or not those before were answered.
//!
//! One thread that never sleeps asks over all connections. Threads that sleep until a request is due wake late, wait for
//! each other where they share a core, and make the server wake them for each answer: on two cores their own delay was
//! the larger part of what they measured.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::client::{Client, PATIENCE};
use crate::gaps::Gaps;
use crate::waits::Waits;

/// What is asked, how often and over how many connections.
pub struct Plan<'a> {
    pub address: SocketAddr,
    pub request: &'a [u8],
    pub connections: usize,
    /// A new connection for each request.
    pub reconnect: bool,
    pub rate: f64,
    pub span: Duration,
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
        let mut due = started;
        while due < started + self.span || !asked.is_empty() {
            let now = gaps.look();
            ensure!(now < started + self.span + PATIENCE, "{} answers are missing", asked.len());
            if due <= now && due < started + self.span && asked.len() < self.connections {
                let mut client = free.pop_front().map_or_else(|| self.connect(), Ok)?;
                client.ask(self.request)?;
                asked.push((client, due));
                due += step;
            }
            // From the last, because an answered one leaves and the last takes its place.
            for at in (0..asked.len()).rev() {
                let (client, due) = &mut asked[at];
                if let Some(answer) = client.answer()? {
                    ensure!(answer.status == 200, "not 200");
                    waits.add(due.elapsed());
                    let (client, _) = asked.swap_remove(at);
                    if !self.reconnect {
                        free.push_back(client);
                    }
                }
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
        let (address, request) = (slow_at_first(stall), b"GET / HTTP/1.1\r\n\r\n");
        let plan = Plan { address, request, connections: 1, reconnect: false, rate: 100.0, span: stall };
        let mut waits = plan.run().unwrap().waits;
        assert_eq!(waits.count(), 20);
        let told = waits.at(&[500, 1000]);
        assert!(told[0] >= 100.0 && told[1] >= 220.0, "{told:?}");
    }
}
