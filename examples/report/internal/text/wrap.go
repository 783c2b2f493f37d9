package text

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Paragraph prints a text, as [Plain] returns it, in lines of at most [Width].
func Paragraph(out io.Writer, words string) error { return wrap(out, "", "", words) }

// Note prints a text, as [Plain] returns it, as a list item in lines of at most [Width].
func Note(out io.Writer, words string) error { return wrap(out, indent+"- ", indent+"  ", words) }

func wrap(out io.Writer, first, further, words string) error {
	line, begun := first, false
	for word := range strings.FieldsSeq(words) {
		word = Plain(word)
		switch {
		case !begun:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > Width:
			if _, err := fmt.Fprintln(out, line); err != nil {
				return err
			}
			line = further + word
		default:
			line += " " + word
		}
		begun = true
	}
	_, err := fmt.Fprintln(out, line)
	return err
}
