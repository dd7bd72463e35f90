package game

// Caption is what a visitor reads about something earned, in one language.
type Caption struct {
	Name string `json:"name" yaml:"name"`
	Text string `json:"text" yaml:"text"`
}

// Captions hold a caption in each language.
type Captions map[Language]Caption

// In gives the caption in the language asked for; what has no translation is
// in English.
func (c Captions) In(l Language) Caption {
	caption, en := c[l], c[English]
	if caption.Name == "" {
		caption.Name = en.Name
	}
	if caption.Text == "" {
		caption.Text = en.Text
	}
	return caption
}
