"""What a portal's CRM holds beside records: files, activities, requisites, kinds of records, triggers."""
