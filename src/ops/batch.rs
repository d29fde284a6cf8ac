//! Many changes in one commit, or none.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::claim::{self, ClaimRequest};
use super::create::{self, CreateRequest};
use super::deployment::{self, RecordDeploymentRequest, RetractRequest};
use super::draft::Draft;
use super::enhancement::{self, CreateEnhancementRequest, UpdateEnhancementRequest};
use super::note::{self, NoteRequest};
use super::read::Meta;
use super::update::{self, UpdateRequest};
use super::vendor::{self, CreateVendorRequest, UpdateVendorRequest};
use super::{Context, Error};
use crate::record::RecordPath;

/// One line of a batch.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum BatchLine {
    /// See [`super::add()`].
    CreateWorkItem(Box<CreateRequest>),
    /// See [`super::update()`].
    UpdateWorkItem(Box<UpdateRequest>),
    /// See [`super::claim()`].
    ClaimWorkItem(ClaimRequest),
    /// See [`super::note()`].
    AddNote(NoteRequest),
    /// See [`vendor::add()`].
    CreateVendor(Box<CreateVendorRequest>),
    /// See [`vendor::update()`].
    UpdateVendorStatus(Box<UpdateVendorRequest>),
    /// See [`deployment::record()`].
    RecordDeployment(Box<RecordDeploymentRequest>),
    /// See [`deployment::retract()`].
    RetractDeployment(RetractRequest),
    /// See [`enhancement::add()`].
    CreateEnhancement(Box<CreateEnhancementRequest>),
    /// See [`enhancement::update()`].
    UpdateEnhancement(Box<UpdateEnhancementRequest>),
}

/// What a batch did.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct BatchResponse {
    /// The record each line is about, in the order of the lines.
    pub ids: Vec<String>,
    /// How many records were changed.
    pub changed: usize,
    /// The commit; null where nothing was to change.
    pub commit: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Reads the parameters of one operation.
type Reader = fn(Map<String, Value>) -> Result<BatchLine, Error>;

/// What the parameters of an operation are read into, by its name.
const OPERATIONS: &[(&str, Reader)] = &[
    ("create_work_item", |given| {
        request(given).map(BatchLine::CreateWorkItem)
    }),
    ("update_work_item", |given| {
        request(given).map(BatchLine::UpdateWorkItem)
    }),
    ("claim_work_item", |given| request(given).map(BatchLine::ClaimWorkItem)),
    ("add_note", |given| request(given).map(BatchLine::AddNote)),
    ("create_vendor", |given| request(given).map(BatchLine::CreateVendor)),
    ("update_vendor_status", |given| {
        request(given).map(BatchLine::UpdateVendorStatus)
    }),
    ("record_deployment", |given| {
        request(given).map(BatchLine::RecordDeployment)
    }),
    ("retract_deployment", |given| {
        request(given).map(BatchLine::RetractDeployment)
    }),
    ("create_enhancement", |given| {
        request(given).map(BatchLine::CreateEnhancement)
    }),
    ("update_enhancement", |given| {
        request(given).map(BatchLine::UpdateEnhancement)
    }),
];

/// Parameters as a request; an error names the one it is about.
fn request<T: DeserializeOwned>(given: Map<String, Value>) -> Result<T, Error> {
    serde_path_to_error::deserialize(Value::Object(given)).map_err(|error| {
        let field = error.path().to_string();
        let wrong = Error::request(error.into_inner().to_string());
        match field.as_str() {
            "." => wrong,
            field => wrong.in_field(field),
        }
    })
}

impl BatchLine {
    /// Reads `{"op": …}` with the parameters of that operation.
    ///
    /// # Errors
    ///
    /// `invalid`, naming the parameter.
    pub fn read(line: Value) -> Result<Self, Error> {
        let Value::Object(mut given) = line else {
            return Err(Error::request("is no JSON object"));
        };
        let names = || OPERATIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let Some(op) = given.shift_remove("op") else {
            return Err(Error::request(format!("op is missing: one of {}", names())));
        };
        match OPERATIONS.iter().find(|(name, _)| op == *name) {
            Some((_, read)) => read(given),
            None => Err(Error::request(format!("{op} is not one of {}", names())).in_field("op")),
        }
    }

    fn expects_version(&self) -> bool {
        match self {
            Self::UpdateWorkItem(request) => request.version.is_some(),
            Self::UpdateVendorStatus(request) => request.version.is_some(),
            Self::UpdateEnhancement(request) => request.version.is_some(),
            _ => false,
        }
    }

    /// Puts what the line says into the draft; returns the path of the record it is about.
    pub(super) fn plan(&self, context: &Context, draft: &mut Draft<'_>) -> Result<RecordPath, Error> {
        match self {
            Self::CreateWorkItem(request) => create::create(context, draft, request),
            Self::UpdateWorkItem(request) => update::update(context, draft, request),
            Self::ClaimWorkItem(request) => claim::claim(context, draft, request),
            Self::AddNote(request) => note::add(context, draft, request),
            Self::CreateVendor(request) => vendor::create(context, draft, request),
            Self::UpdateVendorStatus(request) => vendor::edit(context, draft, request),
            Self::RecordDeployment(request) => deployment::create(context, draft, request),
            Self::RetractDeployment(request) => deployment::take_back(context, draft, request),
            Self::CreateEnhancement(request) => enhancement::create(context, draft, request),
            Self::UpdateEnhancement(request) => enhancement::edit(context, draft, request),
        }
    }
}

/// Applies all lines in one commit, or none; an error names the line, counted from 1.
pub fn batch(context: &Context, lines: &[(usize, BatchLine)]) -> Result<BatchResponse, Error> {
    if lines.iter().any(|(_, line)| line.expects_version()) {
        context.warm_index()?;
    }
    let written = context.write("batch", None, |context, draft| {
        let plan = |(number, line): &(usize, BatchLine)| {
            let path = line.plan(context, draft).map_err(|error| error.in_line(*number))?;
            Ok(path.id().map(|id| id.to_string()).unwrap_or_default())
        };
        lines.iter().map(plan).collect::<Result<Vec<_>, Error>>()
    })?;
    let changed = written.changed.len();
    Ok(BatchResponse {
        ids: written.value,
        changed,
        commit: (changed > 0).then(|| written.commit.to_string()),
        meta: Meta::git(written.commit, written.warnings),
    })
}
