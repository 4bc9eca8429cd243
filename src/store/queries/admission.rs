//! Applications, suspensions, reads of what is another's: operational rows, and their ports.

use diesel::prelude::*;

use super::super::Database;
use super::Conn;
use crate::domain::people::MemberId;
use crate::domain::record::Handle;
use crate::domain::time::Instant;
use crate::store::StoreError;
use crate::store::admission::{Admission, Application, Decision, Room, Suspension};
use crate::store::admission_rows::{ApplicationRow, DataReadRow, SuspensionRow};
use crate::store::reads::{DataRead, DataReads};
use crate::store::schema::{applications, data_reads, suspensions, waiting};

fn bytes(handle: Handle) -> Vec<u8> {
    handle.as_bytes().to_vec()
}

fn application(conn: &mut Conn, id: Handle) -> Result<Option<Application>, StoreError> {
    let row: Option<ApplicationRow> =
        applications::table.find(bytes(id)).select(ApplicationRow::as_select()).first(conn).optional()?;
    row.map(Application::try_from).transpose()
}

fn applications(conn: &mut Conn, skip: u64, limit: u32) -> Result<Vec<Application>, StoreError> {
    let rows: Vec<ApplicationRow> = applications::table
        .order((applications::created_at.desc(), applications::id))
        .offset(i64::try_from(skip).unwrap_or(i64::MAX))
        .limit(limit.into())
        .select(ApplicationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Application::try_from).collect()
}

fn count_waiting(conn: &mut Conn, since: Instant) -> Result<u64, StoreError> {
    let open = waiting::table.filter(waiting::decided_at.is_null());
    let open = open.filter(waiting::created_at.ge(since.millis())).count();
    Ok(open.get_result::<i64>(conn)?.unsigned_abs())
}

fn take(conn: &mut Conn, row: &ApplicationRow, source: &[u8], room: Room) -> Result<bool, StoreError> {
    let open = waiting::table.filter(waiting::decided_at.is_null());
    diesel::delete(open.filter(waiting::created_at.lt(room.since.millis()))).execute(conn)?;
    if count_waiting(conn, room.since)? >= room.most && !make_room(conn, source)? {
        return Ok(false);
    }
    diesel::insert_into(applications::table).values(row).on_conflict_do_nothing().execute(conn)?;
    let added = waiting::table.find(&row.id).filter(waiting::decided_at.is_null());
    diesel::update(added).set(waiting::source.eq(Some(source))).execute(conn)?;
    Ok(true)
}

/// Removes the oldest application of the network that most of those come from that wait. Whoever sends is the first to pay where
/// it sent as many as any.
fn make_room(conn: &mut Conn, source: &[u8]) -> Result<bool, StoreError> {
    let open = || waiting::table.filter(waiting::decided_at.is_null()).filter(waiting::source.is_not_null());
    let sent: Vec<(Option<Vec<u8>>, i64)> =
        open().group_by(waiting::source).select((waiting::source, diesel::dsl::count_star())).load(conn)?;
    let largest = sent.into_iter().max_by_key(|(from, count)| (*count, from.as_deref() == Some(source)));
    let Some((Some(from), 2..)) = largest else { return Ok(false) };
    let oldest: Vec<u8> = open()
        .filter(waiting::source.eq(Some(from)))
        .order((waiting::created_at, waiting::id))
        .select(waiting::id)
        .first(conn)?;
    // What is decided at this moment is not waiting any more.
    let still_open = waiting::table.find(oldest).filter(waiting::decided_at.is_null());
    Ok(diesel::delete(still_open).execute(conn)? == 1)
}

fn decide(conn: &mut Conn, id: Handle, decision: &Decision) -> Result<bool, StoreError> {
    let decided = (
        applications::decided_at.eq(Some(decision.at.millis())),
        applications::decided_by.eq(decision.by.map(bytes)),
        applications::organisation.eq(decision.organisation.map(bytes)),
        applications::refusal.eq(decision.refusal.clone()),
    );
    let which = applications::table.filter(applications::id.eq(bytes(id)));
    let changed = match decision.organisation {
        None => diesel::update(which.filter(applications::decided_at.is_null())).set(decided).execute(conn)?,
        Some(_) => diesel::update(which.filter(applications::organisation.is_null())).set(decided).execute(conn)?,
    };
    diesel::update(waiting::table.find(bytes(id))).set(waiting::source.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(changed == 1)
}

fn suspensions(conn: &mut Conn, home: Option<Handle>) -> Result<Vec<Suspension>, StoreError> {
    let mut query = suspensions::table.select(SuspensionRow::as_select()).into_boxed();
    if let Some(home) = home {
        query = query.filter(suspensions::home.eq(bytes(home)));
    }
    let rows: Vec<SuspensionRow> = query.order((suspensions::since.desc(), suspensions::home)).load(conn)?;
    rows.into_iter().map(Suspension::try_from).collect()
}

fn suspension(conn: &mut Conn, home: Handle) -> Result<Option<Suspension>, StoreError> {
    let row: Option<SuspensionRow> = suspensions::table
        .filter(suspensions::home.eq(bytes(home)))
        .filter(suspensions::lifted_at.is_null())
        .select(SuspensionRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Suspension::try_from).transpose()
}

fn lift(conn: &mut Conn, home: Handle, at: Instant, by: Option<MemberId>) -> Result<bool, StoreError> {
    let holding = suspensions::table.filter(suspensions::home.eq(bytes(home))).filter(suspensions::lifted_at.is_null());
    let changed = diesel::update(holding)
        .set((suspensions::lifted_at.eq(Some(at.millis())), suspensions::lifted_by.eq(by.map(bytes))))
        .execute(conn)?;
    Ok(changed > 0)
}

fn reads(conn: &mut Conn, home: Handle, skip: u64, limit: u32) -> Result<Vec<DataRead>, StoreError> {
    let rows: Vec<DataReadRow> = data_reads::table
        .filter(data_reads::home.eq(bytes(home)))
        .order((data_reads::read_at.desc(), data_reads::id))
        .offset(i64::try_from(skip).unwrap_or(i64::MAX))
        .limit(limit.into())
        .select(DataReadRow::as_select())
        .load(conn)?;
    rows.into_iter().map(DataRead::try_from).collect()
}

impl Admission for Database {
    fn add_application(&self, application: &Application) -> Result<(), StoreError> {
        let row = ApplicationRow::from(application);
        self.write(|conn| {
            diesel::insert_into(applications::table).values(&row).on_conflict_do_nothing().execute(conn)?;
            Ok(())
        })
    }

    fn application(&self, id: Handle) -> Result<Option<Application>, StoreError> {
        self.read(|conn| application(conn, id))
    }

    fn applications(&self, skip: u64, limit: u32) -> Result<Vec<Application>, StoreError> {
        self.read(|conn| applications(conn, skip, limit))
    }

    fn take_application(&self, application: &Application, source: &[u8], room: Room) -> Result<bool, StoreError> {
        let row = ApplicationRow::from(application);
        self.write(|conn| conn.transaction(|conn| take(conn, &row, source, room)))
    }

    fn open_applications(&self, since: Instant) -> Result<u64, StoreError> {
        self.read(|conn| count_waiting(conn, since))
    }

    fn decide_application(&self, id: Handle, decision: &Decision) -> Result<bool, StoreError> {
        self.write(|conn| conn.transaction(|conn| decide(conn, id, decision)))
    }

    fn suspension(&self, home: Handle) -> Result<Option<Suspension>, StoreError> {
        self.read(|conn| suspension(conn, home))
    }

    fn suspensions(&self, home: Option<Handle>) -> Result<Vec<Suspension>, StoreError> {
        self.read(|conn| suspensions(conn, home))
    }

    fn add_suspension(&self, suspension: &Suspension) -> Result<(), StoreError> {
        let row = SuspensionRow::from(suspension);
        self.write(|conn| {
            diesel::insert_into(suspensions::table).values(&row).on_conflict_do_nothing().execute(conn)?;
            Ok(())
        })
    }

    fn lift_suspension(&self, home: Handle, at: Instant, by: Option<MemberId>) -> Result<bool, StoreError> {
        self.write(|conn| lift(conn, home, at, by))
    }
}

impl DataReads for Database {
    fn add_reads(&self, reads: &[DataRead]) -> Result<(), StoreError> {
        let rows: Vec<DataReadRow> = reads.iter().map(DataReadRow::from).collect();
        self.write(|conn| {
            for row in &rows {
                diesel::insert_into(data_reads::table).values(row).on_conflict_do_nothing().execute(conn)?;
            }
            Ok(())
        })
    }

    fn all_reads(&self) -> Result<Vec<DataRead>, StoreError> {
        let all = || data_reads::table.order((data_reads::home, data_reads::read_at, data_reads::id));
        let rows: Vec<DataReadRow> = self.read(|conn| Ok(all().select(DataReadRow::as_select()).load(conn)?))?;
        rows.into_iter().map(DataRead::try_from).collect()
    }

    fn reads(&self, home: Handle, skip: u64, limit: u32) -> Result<Vec<DataRead>, StoreError> {
        self.read(|conn| reads(conn, home, skip, limit))
    }
}
