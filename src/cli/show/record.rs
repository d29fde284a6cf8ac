//! Vendors, deployments and enhancements as people read them.

use super::around::{
    Field, Provenance, briefs, dependencies, deployments, joined, metadata, notes, rows, section, text,
};
use crate::cli::output::{BOLD, ID};
use crate::cli::text::{one_line, retracted, vendor_status_style};
use crate::ops::deployment::{self, AroundDeployment};
use crate::ops::enhancement::AroundEnhancement;
use crate::ops::vendor::{self, AroundVendor};
use crate::ops::{RecordView, Shown};
use crate::record::common::{Aliases, External, Links, Origin};
use crate::record::value::{Actor, Free, Time};
use crate::record::{Deployment, Enhancement, RecordId, Vendor};

pub(super) fn vendor(shown: &Shown<Vendor, AroundVendor>) -> String {
    let vendor = &shown.record.fields;
    let style = vendor_status_style(vendor.status);
    let mut out = format!(
        "{BOLD}{}{BOLD:#}\nvendor {ID}{}{ID:#}  {style}{}{style:#}\n\n",
        one_line(vendor.name.as_str()),
        vendor.id.short(),
        vendor.status
    );
    let tests = vendor.test_results.as_ref().map(|tests| {
        let skipped = tests.skipped.filter(|skipped| skipped.get() > 0);
        let skipped = skipped.map_or_else(String::new, |skipped| format!(", {} skipped", skipped.get()));
        format!("{} of {} passing{skipped}", tests.passing.get(), tests.total.get())
    });
    let formats = vendor.format_support.0.iter();
    let formats = formats.map(|(format, read)| if *read { format.clone() } else { format!("no {format}") });
    let manifest = |compliant| if compliant { "compliant" } else { "not compliant" };
    let own = vec![
        ("tests", tests),
        ("extractor", text(vendor.extractor_version.as_ref())),
        ("formats", joined(formats, ", ")),
        (
            "manifest",
            vendor
                .manifest_compliant
                .map(|compliant| manifest(compliant).to_owned()),
        ),
    ];
    let common = Common {
        id: vendor.id,
        aliases: &vendor.aliases,
        links: &vendor.links,
        external: &vendor.external,
        created: (vendor.created_at, vendor.created_by.as_ref()),
        deleted_at: vendor.deleted_at,
        origin: vendor.origin.as_ref(),
        metadata: Free(without_repeated(&vendor.metadata, vendor::REPEATED)),
    };
    common.write(&mut out, own, &shown.record);
    let around = &shown.around;
    deployments(&mut out, &around.deployments, around.deployment_count);
    notes(&mut out, &shown.notes);
    out
}

pub(super) fn deployment(shown: &Shown<Deployment, AroundDeployment>) -> String {
    let deployment = &shown.record.fields;
    let title = deployment.pr_title.as_ref().map(ToString::to_string);
    let title = title.unwrap_or_else(|| format!("deployment of {}", deployment.deployed_at));
    let mut out = format!(
        "{BOLD}{}{BOLD:#}\ndeployment {ID}{}{ID:#}{}\n\n",
        one_line(&title),
        deployment.id.short(),
        retracted(deployment.retracted.as_ref())
    );
    let summary = deployment.test_summary.0.iter();
    let summary = summary.map(|(kind, count)| format!("{} {kind}", count.get()));
    let follows = |follows| if follows { "yes" } else { "no" };
    let own = vec![
        ("deployed", Some(deployment.deployed_at.to_string())),
        (
            "commit",
            deployment.commit_hash.as_ref().map(|commit| commit.as_str().to_owned()),
        ),
        ("environment", text(deployment.environment.as_ref())),
        (
            "pull request",
            deployment.pr_number.map(|number| number.get().to_string()),
        ),
        ("tests", joined(summary, ", ")),
        (
            "compliant",
            deployment.constitutional_compliance.map(|is| follows(is).to_owned()),
        ),
        (
            "retracted",
            deployment.retracted.as_ref().map(|retracted| {
                let reason = retracted.reason.as_ref();
                let reason = reason.map_or_else(String::new, |reason| format!(": {}", reason.as_str()));
                format!("{} by {}{reason}", retracted.at, retracted.by)
            }),
        ),
    ];
    let common = Common {
        id: deployment.id,
        aliases: &deployment.aliases,
        links: &deployment.links,
        external: &deployment.external,
        created: (deployment.created_at, deployment.created_by.as_ref()),
        deleted_at: None,
        origin: deployment.origin.as_ref(),
        metadata: Free(without_repeated(&deployment.metadata, deployment::REPEATED)),
    };
    common.write(&mut out, own, &shown.record);
    briefs(&mut out, "Vendors", &shown.around.vendors);
    briefs(&mut out, "Work items", &shown.around.work_items);
    notes(&mut out, &shown.notes);
    out
}

pub(super) fn enhancement(shown: &Shown<Enhancement, AroundEnhancement>) -> String {
    let enhancement = &shown.record.fields;
    let mut out = format!(
        "{BOLD}{}{BOLD:#}\nenhancement {ID}{}{ID:#}  {}  priority {} of 5\n\n",
        one_line(enhancement.title.as_str()),
        enhancement.id.short(),
        enhancement.status,
        enhancement.priority.get()
    );
    let principles = enhancement.requires_constitutional_principles.iter();
    let own = vec![
        (
            "quarter",
            text(enhancement.target_quarter.as_ref().map(|q| q.as_str()).as_ref()),
        ),
        ("principles", joined(principles, ", ")),
    ];
    let common = Common {
        id: enhancement.id,
        aliases: &enhancement.aliases,
        links: &enhancement.links,
        external: &enhancement.external,
        created: (enhancement.created_at, enhancement.created_by.as_ref()),
        deleted_at: enhancement.deleted_at,
        origin: enhancement.origin.as_ref(),
        metadata: enhancement.metadata.clone(),
    };
    common.write(&mut out, own, &shown.record);
    dependencies(&mut out, &shown.around.dependencies);
    briefs(&mut out, "Implemented by", &shown.around.implemented_by);
    notes(&mut out, &shown.notes);
    out
}

/// The metadata without the fields that have a line of their own.
fn without_repeated(metadata: &Free, fields: &[&str]) -> serde_json::Map<String, serde_json::Value> {
    let own = metadata.0.iter().filter(|(key, _)| !fields.contains(&key.as_str()));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What all three kinds have.
struct Common<'r> {
    id: RecordId,
    aliases: &'r Aliases,
    links: &'r Links,
    external: &'r External,
    created: (Option<Time>, Option<&'r Actor>),
    deleted_at: Option<Time>,
    origin: Option<&'r Origin>,
    metadata: Free,
}

impl Common<'_> {
    /// Writes the fields of the record: identity, `own`, and what all have; then the body.
    fn write<T>(&self, out: &mut String, own: Vec<Field>, record: &RecordView<T>) {
        let links = self.links.iter();
        let links = links.map(|(relation, id)| format!("{} {}", relation.as_str(), id.short()));
        let before = vec![
            ("id", Some(self.id.to_string())),
            ("aliases", joined(self.aliases.iter().map(|alias| alias.as_str()), ", ")),
        ];
        let after = vec![
            ("links", joined(links, ", ")),
            ("external", joined(self.external.iter(), ", ")),
        ];
        let provenance = Provenance {
            created: self.created,
            updated: (record.updated_at, record.updated_by.as_deref()),
            version: record.version,
            gone: [("archived", None), ("deleted", self.deleted_at)],
            conflicts: record.conflicts,
            origin: self.origin,
        };
        let fields = [before, own, after, provenance.rows()].concat();
        rows(out, fields.into_iter().chain(metadata(&self.metadata)).collect());
        section(out, &record.body);
    }
}
