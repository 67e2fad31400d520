import { expect, test } from 'vitest';
import { getDraft, giveBackDraft, setDraft, takeDraft, workspaceOf } from './chatWorkspace.ts';
import { createConversationStore } from './conversationStore.ts';

test('what could not be sent comes back before what was written meanwhile', () => {
  const workspace = workspaceOf(createConversationStore());
  setDraft(workspace, 'new', { text: 'A large question' });

  const taken = takeDraft(workspace, 'new');
  setDraft(workspace, 'new', { text: 'and one more thing' });
  const meanwhile = getDraft(workspace, 'new').text;
  giveBackDraft(workspace, 'new', taken);

  expect([meanwhile, getDraft(workspace, 'new').text]).toEqual(['and one more thing', 'A large question\nand one more thing']);
});
