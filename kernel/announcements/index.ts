export { createAnnouncements, type Announcements, type AnnouncementsOptions } from './announcements.ts'
