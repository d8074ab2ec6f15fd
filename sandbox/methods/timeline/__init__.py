"""Methods of what stands on a record's timeline: comments, log entries, activities, their files."""
