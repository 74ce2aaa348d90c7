export type { NewNotice, Recipient } from './notice.ts'
export { createNotifications, type Notifications, type NotificationsOptions } from './notifications.ts'
export { securityNotice } from './security-notice.ts'
