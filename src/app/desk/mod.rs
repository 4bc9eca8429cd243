//! What the console reads: for the people of one organisation, of their own subjects and of those that an act opened to them. What
//! is somebody else's answers as a missing one. Writes nothing: what people do goes through the same acts as over REST.

mod batch;
mod board;
mod home;
mod search;

use std::collections::{BTreeSet, HashMap};

use super::{App, AppError};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, Entity, Organisation, Product, Site};
use crate::domain::kinds::Name;
use crate::domain::record::Handle;

/// Files of lists.
pub use crate::exchange::sheet;
pub use batch::{BatchPage, LineageEdge, LineageNode, batch};
pub use board::{Board, COUNTED, Lane, board};
pub use home::{Home, Waiting, has_batches, home};
pub use search::{Hit, search};

/// Subjects that others name, looked up at once.
#[derive(Default)]
pub struct Names(HashMap<Handle, Known>);

impl Names {
    pub fn of(app: &App, handles: impl IntoIterator<Item = Handle>) -> Result<Self, AppError> {
        let handles: BTreeSet<Handle> = handles.into_iter().collect();
        let handles: Vec<Handle> = handles.into_iter().collect();
        let known = app.store.subjects(&handles)?;
        Ok(Self(known.into_iter().map(|known| (known.subject.handle, known)).collect()))
    }

    pub fn product(&self, handle: Handle) -> Option<&Product> {
        match &self.0.get(&handle)?.entity {
            Entity::Product(product) => Some(product),
            _ => None,
        }
    }

    pub fn site(&self, handle: Handle) -> Option<&Site> {
        match &self.0.get(&handle)?.entity {
            Entity::Site(site) => Some(site),
            _ => None,
        }
    }

    pub fn batch(&self, handle: Handle) -> Option<&Batch> {
        match &self.0.get(&handle)?.entity {
            Entity::Batch(batch) => Some(batch),
            _ => None,
        }
    }

    /// The name by which who is admitted knows an organisation. That of a buyer or a household is sealed, and shown to those
    /// who deal with it: the other side of a shipment.
    pub fn organisation(&self, handle: Handle) -> Option<&Name> {
        match &self.0.get(&handle)?.entity {
            Entity::Organisation(Organisation { name, sealed_name, .. }) => name.as_ref().or(sealed_name.as_ref()),
            _ => None,
        }
    }
}
