/** The five meanings a colour may carry; always beside an icon and a word. */
export type Tone = 'success' | 'alert' | 'warning' | 'info' | 'quiet'
