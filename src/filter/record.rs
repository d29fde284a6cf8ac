//! Which vendors, enhancements or deployments are wanted, and in what order.

use std::cmp::Ordering;

use crate::record::value::Time;
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Kind, Record, RecordId};

/// Which records of one kind are wanted; of what is said for other kinds, nothing fits.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordFilter {
    /// Vendors, enhancements or deployments.
    pub kind: Kind,
    /// One of these statuses; any where empty.
    pub statuses: Vec<String>,
    /// One of these priorities; any where empty.
    pub priorities: Vec<i64>,
    /// To be done in this quarter.
    pub quarter: Option<String>,
    /// That went there.
    pub environment: Option<String>,
    /// That touch all of these vendors and carry all of these work items.
    pub touches: Vec<RecordId>,
    /// Not deployed before.
    pub since: Option<Time>,
    /// Not deployed at that time or later.
    pub until: Option<Time>,
    /// Deleted and retracted ones too.
    pub include_gone: bool,
}

/// By what records are ordered. Of two that are equal in it, the one with the smaller id comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordOrder {
    /// Newest update first.
    #[default]
    Updated,
    /// Newest deployment first.
    Deployed,
    /// By the name of a vendor.
    Name,
    /// By priority, then quarter; what has none comes last.
    Priority,
}

impl RecordFilter {
    /// All of a kind that are neither deleted nor retracted.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            statuses: Vec::new(),
            priorities: Vec::new(),
            quarter: None,
            environment: None,
            touches: Vec::new(),
            since: None,
            until: None,
            include_gone: false,
        }
    }

    /// Whether a record is wanted.
    #[must_use]
    pub fn matches(&self, record: &Record) -> bool {
        let facts = Facts::of(record);
        let text = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        record.kind() == self.kind
            && (self.include_gone || !record.is_gone())
            && (self.statuses.is_empty() || self.statuses.iter().any(|wanted| Some(wanted.as_str()) == facts.status))
            && (self.priorities.is_empty() || facts.priority.is_some_and(|is| self.priorities.contains(&is)))
            && text(&self.quarter, facts.quarter)
            && text(&self.environment, facts.environment)
            && self.touches.iter().all(|id| facts.touches.contains(id))
            && self
                .since
                .is_none_or(|since| facts.deployed_at.is_some_and(|at| at >= since))
            && self
                .until
                .is_none_or(|until| facts.deployed_at.is_some_and(|at| at < until))
    }
}

/// What records of these kinds are chosen and ordered by; of others, nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Facts<'r> {
    /// How far or how well.
    pub status: Option<&'r str>,
    /// 1 (high) to 5 (low).
    pub priority: Option<i64>,
    /// When it should be done.
    pub quarter: Option<&'r str>,
    /// Where it went.
    pub environment: Option<&'r str>,
    /// When it went out.
    pub deployed_at: Option<Time>,
    /// The vendors it touches and the work items it carries.
    pub touches: Vec<RecordId>,
    /// The name of a vendor, as it must be unique.
    pub name: Option<String>,
}

impl<'r> Facts<'r> {
    /// What there is to say of a record.
    #[must_use]
    pub fn of(record: &'r Record) -> Self {
        match &record.fields {
            Fields::Vendor(vendor) => Self {
                status: Some(vendor.status.as_str()),
                name: Some(normalised_name(vendor.name.as_str())),
                ..Self::default()
            },
            Fields::Enhancement(enhancement) => Self {
                status: Some(enhancement.status.as_str()),
                priority: Some(enhancement.priority.get()),
                quarter: enhancement.target_quarter.as_ref().map(|quarter| quarter.as_str()),
                ..Self::default()
            },
            Fields::Deployment(deployment) => {
                let (vendors, items) = (&deployment.affected_vendors, &deployment.related_work_items);
                Self {
                    environment: deployment.environment.as_ref().map(|text| text.as_str()),
                    deployed_at: Some(deployment.deployed_at),
                    touches: vendors.iter().chain(items.iter()).copied().collect(),
                    ..Self::default()
                }
            }
            Fields::WorkItem(_) | Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => Self::default(),
        }
    }
}

impl RecordOrder {
    /// Which of two records comes first, by their facts, last updates and ids.
    #[must_use]
    pub fn compare(
        self,
        reverse: bool,
        a: (&Facts<'_>, Option<Time>, RecordId),
        b: (&Facts<'_>, Option<Time>, RecordId),
    ) -> Ordering {
        let order = match self {
            Self::Updated => b.1.cmp(&a.1),
            // Identities of deployments begin with their time.
            Self::Deployed => b.2.cmp(&a.2),
            Self::Name => a.0.name.cmp(&b.0.name),
            Self::Priority => {
                let key = |facts: &Facts<'_>| {
                    (
                        facts.priority,
                        facts.quarter.is_none(),
                        facts.quarter.map(str::to_owned),
                    )
                };
                key(a.0).cmp(&key(b.0))
            }
        };
        let order = if reverse { order.reverse() } else { order };
        order.then(a.2.cmp(&b.2))
    }
}
