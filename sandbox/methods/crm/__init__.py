"""Methods of the scope `crm`."""
