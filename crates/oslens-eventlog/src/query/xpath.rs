//! A query's conditions as the XPath of the modern log.
