//! One act, decided on what was loaded for its group.

use super::group::Present;
use crate::domain::acts::{Effects, Refusal, Step, World};
use crate::domain::record::{Digest, Handle, Subject};
use crate::store::Submission;

pub fn decide(submission: &Submission, present: &Present<'_>, world: &World) -> Result<(Subject, Effects), Refusal> {
    let mut random = |buffer: &mut [u8]| present.random.fill(buffer);
    let mut step =
        Step::new(world, present.clock.now(), present.utc_offset_minutes, submission.actor.clone(), &mut random);
    step.has_seen(present.newest.map(|newest| newest.tree));
    let decided = submission.act.decide(&mut step);
    if let Some((handle, expected)) = submission.expected_head {
        // Nobody learns the head of what is another's by a wrong `If-Match`: who may act on it, or is its home, may know.
        let home = world.subjects.get(&handle).is_some_and(|known| known.entity.home() == submission.actor.org);
        if decided.is_ok() || home {
            check_head(world, handle, expected)?;
        }
    }
    Ok((decided?, step.finish()))
}

/// Refuses where somebody else wrote since the actor looked.
fn check_head(world: &World, handle: Handle, expected: Digest) -> Result<(), Refusal> {
    match world.subjects.get(&handle) {
        None => Err(Refusal::not_found("id", handle)),
        Some(known) if known.head.hash == expected => Ok(()),
        Some(known) => Err(Refusal::new("stale")
            .at("If-Match", expected)
            .expected(known.head.hash)
            .detail("seq", known.head.seq)
            .detail("subject", known.subject)),
    }
}
