use cryptopocket::users::{CreatedCompany, CreatedCustomer, Customer, KycCheck, VerifiedCustomer};
use cryptopocket::{ExternalId, Extra, KycStatus, Personal, Secret, Timestamp, UserId};
use serde::Serialize;

use super::field::{cell, known};
use crate::output::{People, Row};

/// A customer, as `users list` and `users find` print it.
#[derive(Serialize)]
pub(crate) struct CustomerView {
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    id: UserId,
    uuid: Option<String>,
    external_id: Option<ExternalId>,
    name: Option<Personal>,
    last_name: Option<Personal>,
    email: Option<Personal>,
    country: Option<String>,
    kyc_status: Option<KycStatus>,
    created_at: Option<Timestamp>,
    extra: Extra,
}

impl From<Customer> for CustomerView {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id,
            uuid: customer.uuid,
            external_id: customer.external_id,
            name: customer.name,
            last_name: customer.last_name,
            email: customer.email,
            country: customer.country,
            kyc_status: customer.kyc_status,
            created_at: customer.created_at,
            extra: customer.extra,
        }
    }
}

impl CustomerView {
    fn full_name(&self) -> String {
        let parts = [&self.name, &self.last_name];
        let parts: Vec<_> = parts.into_iter().flatten().map(Personal::reveal).collect();
        parts.join(" ")
    }
}

impl People for CustomerView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("customer", Some(&self.id)),
            known("name", Some(self.full_name())),
            known("e-mail", self.email.as_ref().map(Personal::reveal)),
            known("country", self.country.as_ref()),
            known("identity check", self.kyc_status.as_ref()),
            known("external id", self.external_id.as_ref()),
            known("uuid", self.uuid.as_ref()),
            known("created", self.created_at.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Row for CustomerView {
    const HEADINGS: &'static [&'static str] = &[
        "CUSTOMER",
        "NAME",
        "E-MAIL",
        "COUNTRY",
        "IDENTITY CHECK",
        "EXTERNAL ID",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.full_name(),
            cell(self.email.as_ref().map(Personal::reveal)),
            cell(self.country.as_ref()),
            cell(self.kyc_status.as_ref()),
            cell(self.external_id.as_ref()),
        ]
    }
}

/// A new customer, and the page on which they prove their identity.
#[derive(Serialize)]
pub(crate) struct NewCustomerView {
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    id: UserId,
    kyc_form_url: Secret,
    extra: Extra,
}

impl From<CreatedCustomer> for NewCustomerView {
    fn from(created: CreatedCustomer) -> Self {
        Self {
            id: created.id,
            kyc_form_url: created.kyc_form_url,
            extra: created.extra,
        }
    }
}

impl People for NewCustomerView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("customer", Some(&self.id)),
            known("next", Some("the customer proves their identity on this page")),
            known("page", Some(self.kyc_form_url.expose())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A new company, with the link and the password that are told only now.
#[derive(Serialize)]
pub(crate) struct CompanyView {
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    id: UserId,
    uuid: String,
    kyb_link: Secret,
    password: Secret,
    extra: Extra,
}

impl From<CreatedCompany> for CompanyView {
    fn from(created: CreatedCompany) -> Self {
        Self {
            id: created.id,
            uuid: created.uuid,
            kyb_link: created.kyb_link,
            password: created.password,
            extra: created.extra,
        }
    }
}

impl People for CompanyView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("company", Some(&self.id)),
            known("uuid", Some(&self.uuid)),
            known(
                "next",
                Some("the company proves its identity on this page, within 90 days"),
            ),
            known("page", Some(self.kyb_link.expose())),
            known("password", Some(self.password.expose())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A new customer whose identity was checked by whoever creates them.
#[derive(Serialize)]
pub(crate) struct VerifiedView {
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    id: UserId,
    uuid: Option<String>,
    kyc_status: Option<KycStatus>,
    decision: &'static str,
    extra: Extra,
}

impl From<VerifiedCustomer> for VerifiedView {
    fn from(created: VerifiedCustomer) -> Self {
        Self {
            decision: created.decision().as_str(),
            id: created.id,
            uuid: created.uuid,
            kyc_status: created.kyc_status,
            extra: created.extra,
        }
    }
}

impl People for VerifiedView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("customer", Some(&self.id)),
            known("uuid", self.uuid.as_ref()),
            known("identity check", self.kyc_status.as_ref()),
            known("decision", Some(self.decision)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// How far an identity check has come.
#[derive(Serialize)]
pub(crate) struct KycView {
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    user_id: UserId,
    kyc_status: KycStatus,
    decision: &'static str,
}

impl From<KycCheck> for KycView {
    fn from(check: KycCheck) -> Self {
        Self {
            decision: check.decision().as_str(),
            user_id: check.user_id,
            kyc_status: check.kyc_status,
        }
    }
}

impl People for KycView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("customer", self.user_id.to_string()),
            ("identity check", self.kyc_status.to_string()),
            ("decision", self.decision.to_string()),
        ]
    }
}
