//! A table as a file to keep: CSV or XLSX, by the address that asks for it.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::app::AppError;
use crate::app::desk::sheet::{self, Cell};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    Csv,
    Xlsx,
}

impl File {
    pub fn of(path: &str) -> Self {
        if path.ends_with(".xlsx") { Self::Xlsx } else { Self::Csv }
    }

    pub fn write(self, title: &str, head: &[String], rows: &[Vec<Cell>]) -> Result<Vec<u8>, AppError> {
        match self {
            Self::Xlsx => sheet::xlsx(title, head, rows).map_err(|error| AppError::Failed(error.to_string())),
            Self::Csv => Ok(sheet::csv(head, rows)),
        }
    }

    pub fn answer(self, name: &str, bytes: Vec<u8>) -> HttpResponse {
        let (media_type, ending) = match self {
            Self::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
        };
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, media_type))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
            .body(bytes)
    }
}
