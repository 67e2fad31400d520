export { JournalRepository } from './journalRepository.ts';
export { JournalService, type JournalFact } from './journalService.ts';
