//! What the console reads: for the people of one organisation, of their own subjects and of those that an act opened to them. What
//! is somebody else's answers as a missing one. Writes nothing: what people do goes through the same acts as over REST.

mod batch;
mod board;
mod home;
mod plot;
mod search;

use std::collections::{BTreeSet, HashMap};

use super::{App, AppError, Caller};
use crate::domain::acts::Known;
use crate::domain::entities::{Batch, Entity, Organisation, Product, Site, Why};
use crate::domain::intervals;
use crate::domain::kinds::Name;
use crate::domain::record::Handle;
use crate::domain::uscc::Uscc;

/// Files of lists.
pub use crate::exchange::sheet;
pub use batch::{BatchPage, LineageEdge, LineageNode, Reach, batch, broken, certificate_due, mergeable, reach};
pub use board::{Board, COUNTED, Lane, board};
pub use home::{Home, Waiting, has_batches, home};
pub use plot::{PlotStory, plot};
pub use search::{Hit, organisations_named, search};

/// Subjects that others name, looked up at once.
pub struct Names {
    known: HashMap<Handle, Known>,
    /// Whose people look.
    own: Handle,
}

impl Names {
    pub fn of(app: &App, caller: Caller, handles: impl IntoIterator<Item = Handle>) -> Result<Self, AppError> {
        let handles: BTreeSet<Handle> = handles.into_iter().collect();
        let handles: Vec<Handle> = handles.into_iter().collect();
        let known = app.store.subjects(&handles)?;
        let known = known.into_iter().map(|known| (known.subject.handle, known)).collect();
        Ok(Self { known, own: caller.organisation })
    }

    pub fn product(&self, handle: Handle) -> Option<&Product> {
        match &self.known.get(&handle)?.entity {
            Entity::Product(product) => Some(product),
            _ => None,
        }
    }

    pub fn site(&self, handle: Handle) -> Option<&Site> {
        match &self.known.get(&handle)?.entity {
            Entity::Site(site) => Some(site),
            _ => None,
        }
    }

    pub fn batch(&self, handle: Handle) -> Option<&Batch> {
        match &self.known.get(&handle)?.entity {
            Entity::Batch(batch) => Some(batch),
            _ => None,
        }
    }

    /// Whether a wait was not kept for fruit of this batch, and no test answers it; what the batch rests on has to be among those that
    /// were looked up.
    pub fn is_interval_broken(&self, batch: &Batch) -> bool {
        let known = |handle| self.known.get(&handle).map(|known| &known.entity);
        intervals::broken(batch, known).iter().any(|broken| !broken.is_tested)
    }

    /// The name by which everybody knows an organisation; the own one also where it is sealed.
    pub fn organisation(&self, handle: Handle) -> Option<&Name> {
        let found = self.party(handle)?;
        if handle == self.own { found.name_for(Why::Own) } else { found.name.as_ref() }
    }

    /// The name of who dealt with those that look, also where it is sealed: the reason why they know it has to be told.
    pub fn acquaintance(&self, handle: Handle, why: Why) -> Option<&Name> {
        self.party(handle)?.name_for(why)
    }

    /// The credit code of who was shipped to by it.
    pub fn code_told(&self, receiver: Handle) -> Option<&Uscc> {
        self.party(receiver)?.uscc_for(Why::ReaderToldIt)
    }

    fn party(&self, handle: Handle) -> Option<&Organisation> {
        match &self.known.get(&handle)?.entity {
            Entity::Organisation(organisation) => Some(organisation),
            _ => None,
        }
    }
}
