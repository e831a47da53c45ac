//! Replies about customers. Requests have their ids as numbers, most replies as text.

use serde::Serialize;

use crate::records::Customer;

#[derive(Debug, Serialize)]
pub(crate) struct CustomerCreated<'a> {
    pub id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kyc_form_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kyc_status: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompanyCreated<'a> {
    pub id: u64,
    pub uuid: &'a str,
    pub kyb_link: String,
    pub password: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct KycView<'a> {
    pub user_id: String,
    pub kyc_status: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct CustomerView<'a> {
    id: String,
    uuid: &'a str,
    external_id: Option<&'a str>,
    name: &'a str,
    last_name: Option<&'a str>,
    email: &'a str,
    country: Option<&'a str>,
    kyc_status: &'a str,
    created_at: String,
}

impl<'a> CustomerView<'a> {
    pub(crate) fn of(customer: &'a Customer) -> Self {
        Self {
            id: customer.id.to_string(),
            uuid: &customer.uuid,
            external_id: customer.external_id.as_deref(),
            name: &customer.name,
            last_name: customer.last_name.as_deref(),
            email: &customer.email,
            country: customer.country.as_deref(),
            kyc_status: &customer.kyc,
            created_at: customer.created_at.to_string(),
        }
    }
}
