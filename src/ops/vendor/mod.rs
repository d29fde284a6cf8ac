//! Vendors: whose documents are read, and how well.

mod write;

use serde::Serialize;

pub use self::write::{CreateVendorRequest, UpdateVendorRequest, add, update};
pub(super) use self::write::{create, edit};
use super::listing::{self, RecordListRequest};
use super::records::{Answer, Records};
use super::view::{DeploymentBrief, RecordPage, RecordView, deployments};
use super::wire::repeated;
use super::{Context, Error};
use crate::filter::RecordOrder;
use crate::record::{Fields, Record, Vendor};

/// A vendor as every surface shows it.
pub type VendorView = RecordView<Vendor>;

/// Formats that are always told, whether or not anything is said of them.
const FORMATS: &[&str] = &["excel", "csv", "pdf", "ocr"];

/// Fields that stand inside of `metadata` too when they go over the wire.
pub const REPEATED: &[&str] = &[
    "extractor_version",
    "format_support",
    "test_results",
    "manifest_compliant",
];

/// What is around a vendor.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct AroundVendor {
    /// The newest deployments that affected it, newest first.
    pub deployments: Vec<DeploymentBrief>,
    /// How many did in all.
    pub deployment_count: usize,
}

/// Lists vendors, newest update first.
pub fn list(context: &Context, request: &RecordListRequest) -> Result<RecordPage<Vendor>, Error> {
    listing::page(context, request, RecordOrder::Updated, fields)
}

pub(super) fn around(records: &mut dyn Records, vendor: &Vendor) -> Answer<AroundVendor> {
    let (deployments, deployment_count) = deployments(records, vendor.id)?;
    Ok(AroundVendor {
        deployments,
        deployment_count,
    })
}

fn fields(fields: Fields) -> Option<Vendor> {
    match fields {
        Fields::Vendor(vendor) => Some(wire(*vendor)),
        _ => None,
    }
}

/// A vendor as it goes over the wire.
pub(super) fn wire(mut vendor: Vendor) -> Vendor {
    for format in FORMATS {
        vendor.format_support.0.entry((*format).to_owned()).or_insert(false);
    }
    let all = Record::new(Fields::Vendor(Box::new(vendor.clone())), "").to_json();
    repeated(&mut vendor.metadata.0, REPEATED, &all);
    vendor
}
