export { type AuditPage, listAudit } from './list-audit.ts';
