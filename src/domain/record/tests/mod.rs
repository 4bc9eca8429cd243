mod correction;
mod properties;
mod published;
/// Generated records and the vectors of `tests/vectors`, for the tests of the chain as well.
pub(crate) mod samples;
mod statement;
mod subject;
mod vectors;
