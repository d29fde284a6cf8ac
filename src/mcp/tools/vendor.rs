//! Tools for vendors.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::deployment::page;
use super::{DETAILS, Either, MOST, json, schema};
use crate::filter::RecordFilter;
use crate::mcp::arguments::{Argument, request, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::vendor::{AroundVendor, VendorView};
use crate::ops::{
    self, Context, Error, Listed, RecordListRequest, RecordPage, RecordRow, ShowResponse, Shown, WriteResponse,
};
use crate::record::{Kind, Vendor};

const STATUSES: &[&str] = &["operational", "broken"];

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "query_vendor_status",
        title: "Query vendor status",
        description: "One vendor, by name or vendor_id; without either a list of vendors in one line each.",
        toolset: Toolset::Default,
        does: Does::Reads,
        arguments: &[
            Argument::text("name", ""),
            Argument::text("vendor_id", ""),
            Argument::word("status", STATUSES, "for a list"),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::text("cursor", "next_cursor of the page before"),
            Argument::word("detail", DETAILS, "of a list; default concise"),
            Argument::whole("body_offset", 0, i64::MAX, ""),
        ],
        answers: Answers::Other,
        schema: schema::<
            Either<ShowResponse<Shown<Vendor, AroundVendor>>, Either<Listed<RecordRow>, RecordPage<Vendor>>>,
        >,
        run: query,
    },
    Tool {
        name: "update_vendor_status",
        title: "Update vendor status",
        description: "Changes the fields of a vendor that are given; with version or revision only if nobody changed it \
                      since.",
        toolset: Toolset::Default,
        does: Does::Changes,
        arguments: &[
            Argument::text("name", "the vendor, by name"),
            Argument::text("id", "or by id"),
            Argument::whole("version", 1, i64::MAX, "as it was read"),
            Argument::text("revision", "as it was read"),
            Argument::word("status", STATUSES, ""),
            Argument::text("extractor_version", ""),
            Argument::map(
                "metadata",
                "given keys replace: format_support, test_results {passing, total, skipped}, manifest_compliant, others",
            ),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<VendorView>>,
        run: |context, arguments| json(&ops::vendor::update(context, &request(arguments)?)?),
    },
    Tool {
        name: "create_vendor",
        title: "Add a vendor",
        description: "Adds a vendor; one of that name that was deleted comes back.",
        toolset: Toolset::Vendors,
        does: Does::Adds,
        arguments: &[
            Argument::text("name", "1 to 100 characters").required(),
            Argument::word("status", STATUSES, "default operational"),
            Argument::text("extractor_version", ""),
            Argument::map("metadata", "format_support, test_results, manifest_compliant, others"),
            Argument::text("body", "Markdown"),
            Argument::text("created_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<VendorView>>,
        run: |context, arguments| json(&ops::vendor::add(context, &request(arguments)?)?),
    },
    Tool {
        name: "rename_vendor",
        title: "Rename a vendor",
        description: "Gives a vendor another name; its id and all that names it by id stay.",
        toolset: Toolset::Vendors,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "the vendor, by id or name").required(),
            Argument::text("new_name", "1 to 100 characters").required(),
            Argument::whole("version", 1, i64::MAX, "as it was read"),
            Argument::text("revision", "as it was read"),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<VendorView>>,
        run: |context, arguments| json(&ops::vendor::update(context, &request(arguments)?)?),
    },
];

fn query(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let named = ["vendor_id", "name"].iter().find_map(|field| text(&arguments, field));
    if let Some(name) = named {
        return json(&ops::show(context, &name, Some(Kind::Vendor), None)?);
    }
    let request = RecordListRequest {
        filter: RecordFilter {
            statuses: text(&arguments, "status").into_iter().collect(),
            ..RecordFilter::of(Kind::Vendor)
        },
        ..page(Kind::Vendor, &arguments)
    };
    match text(&arguments, "detail").as_deref() {
        Some("full") => json(&ops::vendor::list(context, &request)?),
        _ => json(&ops::list_record_rows(context, &request)?),
    }
}
