document.title = "Orders of today";
