//! Vendors: whose documents are read, how well, and whether their names are taken.

use super::common::{Aliases, External, Links, Origin, check_created, check_not_self, line_of};
use super::field::mapping;
use super::id::RecordId;
use super::value::{Actor, Count, Free, Text, Time, WordMap, folded, words};
use super::violation::Report;
use super::yaml::Node;

words! {
    /// Whether a vendor's documents can be read.
    pub enum VendorStatus {
        /// They can.
        Operational = "operational",
        /// They cannot.
        Broken = "broken",
    }
}

mapping! {
    /// How the tests of a vendor's extractor ended.
    flow struct TestResults {
        /// How many passed.
        passing: Count,
        /// How many there are.
        total: Count,
        /// How many were not run.
        skipped: Option<Count>,
    }
}

mapping! {
    /// A vendor and the state of its extractor. The body is free text.
    block struct Vendor {
        /// Its identity, from its name at creation.
        id: RecordId,
        /// Its name, unique after normalising.
        name: Text<1, 100>,
        /// Whether its documents can be read.
        status: VendorStatus,
        /// The version of its extractor.
        extractor_version: Option<Text<1, 50>>,
        /// Which formats can be read.
        format_support: WordMap<bool>,
        /// How its tests ended.
        test_results: Option<TestResults>,
        /// Whether its manifest is as agreed.
        manifest_compliant: Option<bool>,
        /// Relations that never block.
        links: Links,
        /// Other names.
        aliases: Aliases,
        /// Addresses outside.
        external: External,
        /// When it was deleted.
        deleted_at: Option<Time>,
        /// When it was created.
        created_at: Option<Time>,
        /// Who created it.
        created_by: Option<Actor>,
        /// Where it was imported from.
        origin: Option<Origin>,
        /// Anything else.
        metadata: Free,
    }
}

impl Vendor {
    pub(super) fn check(&self, root: &Node, report: &mut Report) {
        check_created(
            root,
            (self.created_at, self.created_by.as_ref()),
            self.origin.as_ref(),
            report,
        );
        check_not_self(root, self.id, &Default::default(), &self.links, report);
        if let Some(results) = &self.test_results {
            let ran = results
                .passing
                .get()
                .saturating_add(results.skipped.map_or(0, Count::get));
            if ran > results.total.get() {
                let reason = format!("{ran} passing and skipped of {} in total", results.total.get());
                report.within("test_results", |report| {
                    report.error(line_of(root, "test_results"), reason);
                });
            }
        }
    }
}

/// The form of a vendor's name in which it must be unique: NFKC, full case folding, white space collapsed.
#[must_use]
pub fn normalised_name(name: &str) -> String {
    folded(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::normalised_name;

    #[test]
    fn names_that_look_alike_are_one() {
        for same in ["ADP Vendor", "adp  vendor", " ＡＤＰ\u{a0}Vendor "] {
            assert_eq!(normalised_name(same), "adp vendor", "{same:?}");
        }
        assert_eq!(normalised_name("Straße"), normalised_name("STRASSE"));
        assert_eq!(normalised_name("Cafe\u{301}"), normalised_name("CAFÉ"));
        assert_ne!(normalised_name("ADP"), normalised_name("ADP 2"));
    }
}
