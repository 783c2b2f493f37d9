package fake

// Person is one of the invented people of a [Generator]. Their ids, names and addresses are all
// different and never change.
type Person struct {
	ID    int64
	Name  string
	Email string
}

// people are all persons. The first ones occur most often.
var people = func() []Person {
	names := []struct{ name, mailbox string }{
		{"Ada Okafor", "ada.okafor"}, {"Build Service", "svc-build"}, {"Miguel Santos", "miguel.santos"},
		{"Priya Raman", "priya.raman"}, {"Nightly Sync", "svc-nightly"}, {"Zoë Lindqvist", "zoe.lindqvist"},
		{"Tomasz Nowak", "tomasz.nowak"}, {"Hana Suzuki", "hana.suzuki"}, {"Liam O'Brien", "liam.obrien"},
		{"Fatima Haddad", "fatima.haddad"}, {"Jonas Weber", "jonas.weber"}, {"Chiara Conti", "chiara.conti"},
		{"Wei Zhang", "wei.zhang"}, {"José Núñez", "jose.nunez"}, {"Amina Diallo", "amina.diallo"},
		{"Erik Solberg", "erik.solberg"}, {"Noor van Dijk", "noor.van.dijk"}, {"Samuel Adeyemi", "samuel.adeyemi"},
		{"Ivana Horvat", "ivana.horvat"}, {"David Cohen", "david.cohen"}, {"Mei Lin", "mei.lin"},
		{"Rahul Gupta", "rahul.gupta"}, {"Sophie Laurent", "sophie.laurent"}, {"Lucas Pereira", "lucas.pereira"},
		{"Anna Kowalska", "anna.kowalska"}, {"Omar Farouk", "omar.farouk"}, {"Grace Kim", "grace.kim"},
		{"Petr Novák", "petr.novak"}, {"Ingrid Berg", "ingrid.berg"}, {"Carlos Vega", "carlos.vega"},
		{"Leila Karimi", "leila.karimi"}, {"Daniel Müller", "daniel.mueller"}, {"Thandi Mokoena", "thandi.mokoena"},
		{"Oksana Bondar", "oksana.bondar"}, {"Peter Jansen", "peter.jansen"}, {"Aisha Rahman", "aisha.rahman"},
		{"Ben Carter", "ben.carter"}, {"Yuki Tanaka", "yuki.tanaka"}, {"Elena Popescu", "elena.popescu"},
		{"External Auditor", "auditor"},
	}
	out := make([]Person, len(names))
	for i, p := range names {
		out[i] = Person{ID: int64(i + 1), Name: p.name, Email: p.mailbox + "@example.com"}
	}
	return out
}()

var (
	projects = []string{
		"Atlas", "Billing Export", "Checkout", "Customer 360", "Data Lake", "Fleet Portal", "Identity", "Inventory Sync",
		"Ledger", "Mobile App", "Order Intake", "Payments", "Quality Gate", "Reporting", "Sandbox", "Supplier Onboarding",
	}
	fileStems      = []string{"backup_", "dailies/reel-", "export-", "Final Cut ", "invoice-", "report_Q", "scan/plate ", "Übergabe-"}
	fileExtensions = []string{".bin", ".csv", ".json", ".mov", ".mxf", ".pdf", ".tar.gz", ".zip"}
)
