//! The texts of the log: notes, keys, checkpoints, cosignatures, offline proofs, policies, what a witness is asked
//! (FORMATS §2; C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy, tlog-witness).
//!
//! Promises: what is written is read by the tools of others; what others write is read strictly by these
//! specifications or refused with a sentence, never with a panic. Reads no clock; files and the network only in the modules that
//! say so.

/// Decimal sizes, base64 hashes, as lines.
pub mod lines;
/// Keys of logs: who verifies, who signs.
mod key;
/// Signed notes.
pub mod note;
/// Checkpoints: the text of a log's note.
pub mod checkpoint;
/// What a witness signs.
pub mod cosignature;
/// Proofs that are verified without the log.
pub mod offline_proof;
/// Whose signatures are enough.
pub mod policy;
/// What a witness is asked.
pub mod add_checkpoint;
/// The guard in a file.
pub mod guard;
/// What was erased, for ever.
pub mod erased;
/// The log's secret keys in a file.
pub mod keyring;
/// Cosigning the logs of others.
pub mod witness;
/// What an outsider remembers of a log.
pub mod monitor;
/// Asking logs and witnesses over HTTP.
pub mod fetch;
#[cfg(test)]
mod tests;

pub use add_checkpoint::AddCheckpoint;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use cosignature::CosigningKey;
pub use key::{KeyError, KeyId, SignatureType, SigningKey, VerifierKey};
pub use note::{Note, NoteError, SignatureLine, Verified};
pub use offline_proof::OfflineProof;
pub use policy::Policy;
pub use witness::Witness;
