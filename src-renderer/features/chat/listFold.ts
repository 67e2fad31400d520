/** Whether the list of conversations is shown, and what shows or hides it. */
export interface ListFold { isOpen: boolean; toggle: () => void }
