//! Acts over HTTP: by writers that each wait for their own answers, or each at its own moment.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use suyuan::domain::record::Handle;

use crate::client::{Client, post};
use crate::county;
use crate::paced::{Plan, Waiting};
use crate::waits::Waits;

/// Two writers never lose from the same batch.
pub const BATCHES_OF_A_WRITER: usize = 8;

/// Acts at once, where each comes at its own moment.
const CONNECTIONS: usize = 64;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Lose,
    Open,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Lose, Self::Open];

    pub fn operation(self) -> &'static str {
        match self {
            Self::Lose => "batch.lose",
            Self::Open => "batch.open",
        }
    }
}

/// Acts of one kind, none like those of before.
pub struct Writers<'a> {
    key: &'a str,
    batches: &'a [Handle],
    span: Duration,
    kind: Kind,
    /// Whether each answer holds the proof that the log has the record.
    proven: bool,
    /// Tells these acts from those of before.
    phase: u64,
    loss: String,
}

impl<'a> Writers<'a> {
    pub fn new(key: &'a str, batches: &'a [Handle], span: Duration, kind: Kind, proven: bool) -> Self {
        static PHASE: AtomicU64 = AtomicU64::new(0);
        let phase = PHASE.fetch_add(1, Ordering::Relaxed);
        Self { key, batches, span, kind, proven, phase, loss: county::loss().to_string() }
    }

    /// Writers that each wait for their own answers, all from one moment on, in turns at these addresses.
    pub fn run(&self, addresses: &[SocketAddr], writers: usize) -> anyhow::Result<(Waits, Duration)> {
        let barrier = Barrier::new(writers + 1);
        thread::scope(|scope| {
            let own = self.batches.chunks(BATCHES_OF_A_WRITER).take(writers).enumerate();
            let threads: Vec<_> = own
                .map(|(number, batches)| {
                    let (address, barrier) = (addresses[number % addresses.len()], &barrier);
                    scope.spawn(move || self.write(address, number, batches, barrier))
                })
                .collect();
            barrier.wait();
            let started = Instant::now();
            let mut waits = Waits::default();
            for thread in threads {
                waits.join(thread.join().map_err(|_| anyhow::anyhow!("a writer panicked"))??);
            }
            Ok((waits, started.elapsed()))
        })
    }

    fn write(
        &self,
        address: SocketAddr,
        writer: usize,
        batches: &[Handle],
        barrier: &Barrier,
    ) -> anyhow::Result<Waits> {
        let client = Client::connect(address);
        barrier.wait();
        let (mut client, started, mut waits) = (client?, Instant::now(), Waits::default());
        while started.elapsed() < self.span {
            let number = waits.count();
            let request = self.request(&format!("{writer}-{number}"), batches[number % batches.len()]);
            let sent = Instant::now();
            let answer = client.send(&request)?;
            waits.add(sent.elapsed());
            ensure!(answer.status == 201, "{} answered {}: {}", self.kind.operation(), answer.status, answer.text());
        }
        Ok(waits)
    }

    /// So many acts a second, each at its own moment. A wait counts from the moment at which the act was due, so that one slow
    /// answer shows in those behind it.
    pub fn paced(&self, address: SocketAddr, rate: f64) -> anyhow::Result<(Waits, Duration)> {
        let request = |number: usize| self.request(&number.to_string(), self.batches[number % self.batches.len()]);
        let plan = Plan {
            address,
            request: &request,
            status: 201,
            connections: CONNECTIONS,
            reconnect: false,
            rate,
            span: self.span,
            waiting: Waiting::Asleep,
        };
        let answered = plan.run()?;
        Ok((answered.waits, answered.took))
    }

    fn request(&self, name: &str, batch: Handle) -> Vec<u8> {
        let name = format!("H{}-{name}", self.phase);
        let (path, body) = match self.kind {
            Kind::Lose => (format!("/api/v1/batches/{batch}/losses"), self.loss.clone()),
            Kind::Open => ("/api/v1/batches".to_owned(), county::opening(&name).to_string()),
        };
        let proof = if self.proven { "?proof=true" } else { "" };
        post(&format!("{path}{proof}"), self.key, &name, &body)
    }
}
